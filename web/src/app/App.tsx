import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { createStudioRouter } from "./router.tsx";

interface AppProps {
  client: QueryClient;
  router: ReturnType<typeof createStudioRouter>;
}

/** The studio: providers around the router. */
export function App({ client, router }: AppProps) {
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
