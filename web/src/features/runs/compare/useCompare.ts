import { useQueries, useQuery } from "@tanstack/react-query";
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
  error: unknown;
}

export type CompareX = "step" | "tokens" | "elapsed";
const PIXELS = 900;
const HIDDEN = new Set(["train/sample_digest"]);

export function idsOf(text: string | undefined): string[] {
  return [...new Set((text ?? "").split(",").filter(Boolean))];
}

/** Everything about some runs side by side, for an address. */
export function useCompare(
  search: Record<string, string>,
  range: readonly [number, number] | null,
): CompareView {
  const ids = useMemo(() => idsOf(search.runs), [search.runs]);
  const answers = useQueries({ queries: ids.map(runQuery) });
  const runs = answers.flatMap((answer) => (answer.data ? [answer.data] : []));
  const missing = ids.filter((_, index) => answers[index]?.isError);
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))]
    .filter((key) => !HIDDEN.has(key))
    .sort();
  const metric = search.metric ?? usualMetric(metrics);
  const isPending = answers.some((answer) => answer.isPending);
  const query = {
    // One question for all runs, not one for each run that arrives.
    runs: isPending ? [] : runs.map((run) => run.id),
    keys: metric ? [metric] : [],
    x: (search.x as CompareX) ?? "step",
    px: PIXELS,
    ...(range ? { from: range[0], to: range[1] } : {}),
  };
  const series = useQuery(seriesQuery(query));
  return {
    ids,
    runs,
    missing,
    baseline: runs.find((run) => run.id === search.baseline) ?? runs[0] ?? null,
    metric,
    metrics,
    curves: series.data ?? [],
    isPending,
    isDrawing: series.isPending && runs.length > 0 && metric !== "",
    error: series.error,
  };
}

function usualMetric(metrics: readonly string[]): string {
  return ["train/loss", "val/loss"].find((key) => metrics.includes(key)) ?? metrics[0] ?? "";
}
