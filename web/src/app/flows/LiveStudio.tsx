import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "../../data/client.ts";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { createQueries } from "../queries.ts";
import { StudioAt } from "./StudioAt.tsx";

/** The studio before a live server, asking it as the product does; where there is none, how to start one. */
export function LiveStudio({ href }: { href: string }) {
  const [client] = useState(createQueries);
  const health = useQuery({
    queryKey: ["health"],
    queryFn: () => data(api.GET("/api/health")),
    retry: false,
  });
  if (health.isPending) return <LoadingState text="Looking for the live server" />;
  if (health.isError) {
    return (
      <EmptyState
        title="There is no live server beside this workshop"
        text="Run make stories-live: it starts a server on a workspace of its own and this workshop before it."
      />
    );
  }
  return (
    <QueryClientProvider client={client}>
      <StudioAt href={href} />
    </QueryClientProvider>
  );
}
