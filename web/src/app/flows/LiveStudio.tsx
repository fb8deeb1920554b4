import { useQuery } from "@tanstack/react-query";
import { api, data } from "../../data/client.ts";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { StudioAt } from "./StudioAt.tsx";

/** The studio before a live server, where the workshop was started beside one; else how to do that. */
export function LiveStudio({ href }: { href: string }) {
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
  return <StudioAt href={href} />;
}
