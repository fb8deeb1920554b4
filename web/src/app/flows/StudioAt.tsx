import { useQueryClient } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { createStudioRouter } from "../router.tsx";

/** The whole studio at one address, for stories: the real shell, router and pages, with a history of their own. */
export function StudioAt({ href }: { href: string }) {
  const client = useQueryClient();
  const router = useMemo(
    () => createStudioRouter(client, createMemoryHistory({ initialEntries: [href] })),
    [client, href],
  );
  return <RouterProvider router={router} />;
}
