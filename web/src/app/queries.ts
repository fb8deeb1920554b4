import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../data/client.ts";

/** What the studio knows of the server, and how it asks. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal stays one; only a lost connection is worth another try.
        retry: (count, error) => count < 2 && !(error instanceof ApiError && error.problem.status >= 400),
        staleTime: 5_000,
        refetchOnWindowFocus: false,
      },
    },
  });
}
