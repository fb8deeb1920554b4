import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { readRun, useRunView } from "../../../data/live/page.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import type { LiveRun } from "../../../data/live/stream.ts";
import { FINAL_STATES, LIVE_STATES, useWorkspace } from "../../../data/live/workspace.ts";
import { type Checkpoint, checkpointsQuery, type Run, runQuery, specQuery } from "../../../data/runs.ts";
import { type Price, priceQuery } from "../../../data/system.ts";

export interface RunData {
  run: Run;
  view: RunView;
  spec: Record<string, unknown>;
  checkpoints: readonly Checkpoint[];
  price: Price | null;
  /** Newest runs of the workspace, for names and the queue. */
  others: readonly LiveRun[];
  isLive: boolean;
}

/** A visit begins with news, but not with what was read for this very visit. */
const NEW_MS = 2_000;

/** Begins to read what the page shows first. */
export function prepareRun(client: QueryClient, id: string): Promise<unknown>[] {
  return [
    readRun(id),
    client.prefetchQuery({ ...runQuery(id), staleTime: NEW_MS }),
    client.prefetchQuery(specQuery(id)),
    client.prefetchQuery(checkpointsQuery(id)),
    client.prefetchQuery(priceQuery),
  ];
}

/** Everything about one run, live. Null while it is read. */
export function useRun(id: string): { data: RunData | null; error: unknown; retry: () => void } {
  const client = useQueryClient();
  const run = useQuery({ ...runQuery(id), staleTime: NEW_MS });
  const spec = useQuery(specQuery(id));
  const checkpoints = useQuery(checkpointsQuery(id));
  const price = useQuery(priceQuery);
  const view = useRunView(id);
  const { runs: others } = useWorkspace();
  const live = others.find((each) => each.id === id);
  const saved = view.events.reduce((sum, event) => sum + (event.type === "checkpoint" ? 1 : 0), 0);
  const state = live?.state ?? run.data?.state ?? "";

  useEffect(() => {
    if (view.isLoaded && saved > 0) void client.invalidateQueries({ queryKey: ["run", id, "checkpoints"] });
  }, [client, id, saved, view.isLoaded]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the catalog is asked again once for each new state
  useEffect(() => {
    if (run.data && state !== run.data.state)
      void client.invalidateQueries({ queryKey: ["run", id], exact: true });
  }, [client, id, state]);

  const merged = useMemo(() => (run.data ? merge(run.data, live, view) : null), [run.data, live, view]);
  const error = run.error ?? spec.error;
  // Drawn once run and settings are there, which are asked for together.
  const isKnown = merged !== null && !spec.isPending;
  const data = isKnown
    ? {
        run: merged,
        view,
        spec: spec.data ?? {},
        checkpoints: checkpoints.data?.items ?? [],
        price: price.data?.per_hour == null ? null : price.data,
        others,
        isLive: LIVE_STATES.has(merged.state),
      }
    : null;
  return { data, error: merged ? null : error, retry: () => void run.refetch() };
}

/** The catalog's row with what the stream knows better. */
function merge(run: Run, live: LiveRun | undefined, view: RunView): Run {
  const said = view.events.findLast((event) => event.type === "state");
  const training = view.events.findLast((event) => event.type === "training");
  const error = run.error ?? ((said?.error as Run["error"]) || null);
  const merged = { ...run, ...live, error };
  return {
    ...merged,
    step: Math.max(merged.step ?? 0, view.step) || merged.step,
    total_steps: merged.total_steps ?? (training ? Number(training.total_steps) : null),
    error: FINAL_STATES.has(merged.state) ? error : null,
  };
}
