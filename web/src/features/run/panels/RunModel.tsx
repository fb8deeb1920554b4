import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ArchitecturePanel } from "../../../charts/Architecture/ArchitecturePanel.tsx";
import { ApiError } from "../../../data/client.ts";
import { architectureQuery } from "../../../data/models.ts";

/** What the run's model is made of, drawn once it is asked for. */
export function RunModel({ run }: { run: string }) {
  const [isAsked, setIsAsked] = useState(false);
  const { data, error, refetch } = useQuery(architectureQuery(run, isAsked));
  const refused =
    error instanceof ApiError
      ? { what: error.problem.detail, todo: error.problem.hint }
      : error
        ? { what: error.message, todo: "" }
        : undefined;
  return (
    <ArchitecturePanel
      architecture={data ?? null}
      isAsked={isAsked}
      onAsk={() => setIsAsked(true)}
      refused={refused}
      onRetry={() => void refetch()}
    />
  );
}
