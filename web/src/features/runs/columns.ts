// Which columns the table of runs has: some are always useful, any metric or setting can be added.

import type { Run } from "../../data/runs.ts";

/** Columns by their stable names: a field of the run, `metrics.KEY` or `params.KEY`. */
export const DEFAULT_COLUMNS: readonly string[] = [
  "state",
  "metrics.val/loss",
  "metrics.train/loss",
  "metrics.train/tokens_per_second",
  "params.optimizer.learning_rate",
  "tags",
  "duration",
  "created",
];

export const FIELD_COLUMNS: readonly string[] = [
  "state",
  "task",
  "project",
  "step",
  "tags",
  "notes",
  "duration",
  "created",
];

/** What the address says, or the usual ones. */
export function columnsOf(text: string | undefined): string[] {
  return text ? text.split("|").filter(Boolean) : [...DEFAULT_COLUMNS];
}

export function columnsText(columns: readonly string[]): string | undefined {
  return columns.join("|") === DEFAULT_COLUMNS.join("|") ? undefined : columns.join("|");
}

/** Losses and their kin show the best value; what is measured as it goes, the last one. */
export function metricOf(run: Run, key: string): number | null {
  const found = run.metrics[key];
  if (!found) return null;
  return (isLoss(key) ? found.min : found.last) ?? null;
}

export function isLoss(key: string): boolean {
  return /loss|perplexity|bits_per_byte/.test(key);
}

/** Whether more is better, less is better, or neither. */
export function directionOf(key: string): "lower" | "higher" | null {
  if (isLoss(key) || /(teacher|hidden)_distance|rejected_reward/.test(key)) return "lower";
  if (/reward|margin|log_odds/.test(key)) return "higher";
  return /accuracy|execution|exact_match|bleu|rouge|f1|jaccard|per_second/.test(key) ? "higher" : null;
}

/** The name of a column as the server sorts by it. */
export function sortKey(column: string): string {
  if (column.startsWith("metrics.")) return isLoss(column) ? `${column}.min` : column;
  return column === "duration" ? "ended" : column;
}

export function shortName(column: string): string {
  return column.replace(/^(metrics|params)\./, "");
}

export function durationOf(
  run: Pick<Run, "started" | "ended">,
  now: number = Date.now() / 1000,
): number | null {
  return run.started ? (run.ended ?? now) - run.started : null;
}
