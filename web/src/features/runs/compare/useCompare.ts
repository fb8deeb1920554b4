import { type QueryClient, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Run, runQuery } from "../../../data/runs.ts";
import { type Curve, seriesQuery } from "../../../data/series.ts";

export interface CompareView {
  ids: string[];
  runs: Run[];
  /** Ids that nothing stands behind any more. */
  missing: string[];
  baseline: Run | null;
  metric: string;
  /** Metrics that any of the runs has. */
  metrics: string[];
  curves: readonly Curve[];
  isPending: boolean;
  isDrawing: boolean;
  /** Ask for a part of the curves that is about to be shown: the question need not wait for the address. */
  onZoom: (part: Part) => void;
  error: unknown;
}

export type CompareX = "step" | "tokens" | "elapsed";
type Part = readonly [number, number];
const PIXELS = 900;
const USUAL = "train/loss";
const HIDDEN = new Set(["train/sample_digest"]);

export function idsOf(text: string | undefined): string[] {
  return [...new Set((text ?? "").split(",").filter(Boolean))];
}

/** Begins to read what the comparison of an address shows first. */
export function prepareCompare(client: QueryClient, search: Record<string, string>): Promise<unknown>[] {
  const ids = idsOf(search.runs);
  if (ids.length === 0) return [];
  const isUsual = !search.metric && !search.x && !search.range;
  const curves = seriesQuery({ runs: ids, keys: [USUAL], x: "step", px: PIXELS });
  return [
    ...ids.map((id) => client.prefetchQuery(runQuery(id))),
    ...(isUsual ? [client.prefetchQuery(curves)] : []),
  ];
}

/** Everything about some runs side by side, for an address. */
export function useCompare(search: Record<string, string>, range: Part | null): CompareView {
  const client = useQueryClient();
  const ids = useMemo(() => idsOf(search.runs), [search.runs]);
  const answers = useQueries({ queries: ids.map(runQuery) });
  const runs = answers.flatMap((answer) => (answer.data ? [answer.data] : []));
  const missing = ids.filter((_, index) => answers[index]?.isError);
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))]
    .filter((key) => !HIDDEN.has(key))
    .sort();
  const isPending = answers.some((answer) => answer.isPending);
  // The curves are asked for beside the runs, by the metric that nearly all have, and again where it is another.
  const metric = search.metric ?? (isPending && metrics.length === 0 ? USUAL : usualMetric(metrics));
  const query = {
    // One question for all runs, not one for each run that arrives.
    runs: isPending ? ids : runs.map((run) => run.id),
    keys: metric ? [metric] : [],
    x: (search.x as CompareX) ?? "step",
    px: PIXELS,
  };
  const of = (part: Part | null) => seriesQuery(part ? { ...query, from: part[0], to: part[1] } : query);
  const series = useQuery(of(range));
  return {
    ids,
    runs,
    missing,
    baseline: runs.find((run) => run.id === search.baseline) ?? runs[0] ?? null,
    metric,
    metrics,
    curves: series.data ?? [],
    isPending,
    onZoom: (part) => void client.prefetchQuery(of(part)),
    isDrawing: series.isPending && runs.length > 0 && metric !== "",
    error: series.error,
  };
}

function usualMetric(metrics: readonly string[]): string {
  return [USUAL, "val/loss"].find((key) => metrics.includes(key)) ?? metrics[0] ?? "";
}
