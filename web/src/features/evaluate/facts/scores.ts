// What metrics mean: which way is better, how they are written, and their intervals.

import type { Evaluation } from "../../../data/models.ts";

export type Better = "lower" | "higher";

const LOWER = new Set(["loss", "perplexity", "bits_per_byte"]);
const HIDDEN = /_(margin|low|high)$/;
/** Counts, not qualities. */
const COUNTS = new Set(["tokens", "num_rows", "rows"]);
const SHARES =
  /^(exact_match|token_accuracy|token_jaccard|rouge_l|execution_accuracy.*|accuracy|f1|precision|recall|.*_accuracy)$/;

export const betterOf = (metric: string): Better => (LOWER.has(metric) ? "lower" : "higher");
export const isShare = (metric: string): boolean => SHARES.test(metric);
export const isCount = (metric: string): boolean => COUNTS.has(metric);

/** Names of what was measured, intervals left out: they stand beside their value. */
export function metricNames(evaluations: readonly Pick<Evaluation, "metrics">[]): string[] {
  const names = new Set<string>();
  for (const { metrics } of evaluations) for (const name of Object.keys(metrics)) names.add(name);
  return [...names].filter((name) => !HIDDEN.test(name));
}

/** The interval of a metric, where the evaluation has one. */
export function intervalOf(metrics: Evaluation["metrics"], name: string): [number, number] | null {
  const value = metrics[name];
  const margin = metrics[`${name}_margin`];
  const low = metrics[`${name}_low`];
  const high = metrics[`${name}_high`];
  if (typeof low === "number" && typeof high === "number") return [low, high];
  if (typeof value !== "number" || typeof margin !== "number" || margin === 0) return null;
  return isShare(name)
    ? [Math.max(0, value - margin), Math.min(1, value + margin)]
    : [value - margin, value + margin];
}

/** The best finite value of a metric; null with fewer than two to compare. */
export function bestOf(values: readonly (number | null | undefined)[], better: Better): number | null {
  const finite = values.filter(
    (value): value is number => typeof value === "number" && Number.isFinite(value),
  );
  if (finite.length < 2 || new Set(finite).size < 2) return null;
  return better === "lower" ? Math.min(...finite) : Math.max(...finite);
}

export interface Board {
  key: string;
  dataset: string;
  split: string;
  /** Newest first. */
  evaluations: Evaluation[];
  metrics: string[];
}

/** Evaluations on the same rows stand together; the newest board comes first. */
export function boardsOf(evaluations: readonly Evaluation[]): Board[] {
  const boards = new Map<string, Evaluation[]>();
  for (const each of [...evaluations].sort((a, b) => b.created - a.created)) {
    const key = `${each.dataset} ${each.split}`;
    boards.set(key, [...(boards.get(key) ?? []), each]);
  }
  return [...boards].map(([key, found]) => ({
    key,
    dataset: found[0]?.dataset ?? "",
    split: found[0]?.split ?? "",
    evaluations: found,
    metrics: metricNames(found).filter((name) => !isCount(name)),
  }));
}
