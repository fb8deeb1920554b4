import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiError } from "../data/client.ts";
import { router } from "./router.tsx";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; only a lost connection is worth another try.
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.problem.status >= 400),
      staleTime: 5_000,
      refetchOnWindowFocus: false,
    },
  },
});

/** The studio: providers around the router. */
export function App() {
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
