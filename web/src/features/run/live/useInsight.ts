import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Flow, flowQuery, type Profile, profileQuery } from "../../../data/insight.ts";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import type { Search } from "../charts/useChartView.ts";
import { valueAt } from "../facts/journal.ts";
import type { RunData } from "./useRun.ts";

export interface Insight {
  /** Null while it is read. */
  flow: Flow | null;
  /** With the histograms of the layer that the address names. */
  chosen: Flow | null;
  /** Steps between two looks; null: never. */
  every: number | null;
  profile: Profile | null;
  /** Why the flow or the profile could not be read; null where nothing went wrong. */
  problems: { flow: Problem | null; profile: Problem | null };
}

export interface Problem {
  message: string;
  retry: () => void;
}

const USUAL_EVERY = 100;
const FRESH_MS = 10_000;

/** Gradient flow and times of a run: read once the curves are there, and again when there is something new. */
export function useInsight({ run, view, spec, isLive }: RunData, search: Search): Insight {
  const written = valueAt(spec, "loop.flow_every");
  const every = written === null ? null : Number(written ?? USUAL_EVERY);
  const enabled = view.isLoaded && TRAINING_TASKS.has(run.task);
  const looks = every === null || view.step === 0 ? 0 : 1 + Math.floor(view.step / every);
  const flow = useQuery({ ...flowQuery(run.id, "", looks), enabled });
  const layer = flow.data?.layers.includes(search.layer ?? "") ? (search.layer ?? "") : "";
  const chosen = useQuery({ ...flowQuery(run.id, layer, looks), enabled: enabled && layer !== "" });
  const traces = view.events.reduce((sum, event) => sum + (event.type === "profile" ? 1 : 0), 0);
  const profile = useQuery({
    ...profileQuery(run.id, `${run.state} ${traces}`),
    enabled,
    refetchInterval: isLive ? FRESH_MS : false,
  });
  return {
    flow: flow.data ?? null,
    chosen: layer ? (chosen.data ?? null) : null,
    every,
    profile: profile.data ?? null,
    problems: { flow: problemOf(flow), profile: problemOf(profile) },
  };
}

function problemOf({ data, error, refetch }: UseQueryResult): Problem | null {
  return error && !data ? { message: error.message, retry: () => void refetch() } : null;
}
