// Gradient flow as arrays for charts: a matrix of layers by steps, the lines of a layer, and its histograms over time.

import type { LineSeries } from "../../../charts/types.ts";
import type { Flow, FlowFlag } from "../../../data/insight.ts";

export const METRICS = ["grad_norm", "update_ratio", "weight_norm", "zero_share"] as const;
export type FlowMetric = (typeof METRICS)[number];
export const HISTOGRAMS = ["gradients", "weights", "activations"] as const;
export type FlowHistogram = (typeof HISTOGRAMS)[number];

/** A metric that the address names, else the gradient norm. */
export function metricOf(written: string | undefined): FlowMetric {
  return METRICS.find((each) => each === written) ?? "grad_norm";
}

/** What is told of steps: shares of zeros lie between 0 and 1, all else spans decades. */
export const isLog = (metric: FlowMetric) => metric !== "zero_share";

/** Layer after layer, step after step; NaN where there is no number. */
export function matrixOf(flow: Flow, metric: FlowMetric): Float32Array {
  const rows = flow.values[metric] ?? [];
  const columns = flow.steps.length;
  const found = new Float32Array(flow.layers.length * columns).fill(Number.NaN);
  for (const [row, values] of rows.entries())
    for (const [column, value] of values.entries()) found[row * columns + column] = value ?? Number.NaN;
  return found;
}

/** One layer over the steps. */
export function lineOf(flow: Flow, layer: string, metric: FlowMetric, label: string): LineSeries {
  const values = flow.values[metric]?.[flow.layers.indexOf(layer)] ?? [];
  return {
    id: metric,
    label,
    x: Float64Array.from(flow.steps),
    y: Float64Array.from(flow.steps, (_, at) => values[at] ?? Number.NaN),
  };
}

export interface BinRows {
  /** Bins from the largest down, step after step; NaN where nothing fell. */
  values: Float32Array;
  rows: number;
  columns: number;
  /** Number of the bin of each row. */
  bins: readonly number[];
}

/** A histogram of a layer over the steps, as far as anything fell. */
export function binRowsOf(flow: Flow, kind: FlowHistogram): BinRows {
  const steps = flow.histograms?.[kind] ?? [];
  const filled = Array.from({ length: flow.bins ?? 0 }, (_, bin) => steps.some((step) => step?.[bin]));
  const first = filled.indexOf(true);
  const last = filled.lastIndexOf(true);
  const bins = first < 0 ? [] : Array.from({ length: last - first + 1 }, (_, at) => last - at);
  const columns = steps.length;
  const values = new Float32Array(bins.length * columns);
  for (const [row, bin] of bins.entries())
    for (let column = 0; column < columns; column += 1)
      values[row * columns + column] = steps[column]?.[bin] || Number.NaN;
  return { values, rows: bins.length, columns, bins };
}

/** The values of a bin in words: “1e-3 to 3e-3”, “within ±1e-8”. */
export function binWords(flow: Flow, bin: number): { from: number; to: number; isZero: boolean } {
  const middle = ((flow.bins ?? 1) - 1) / 2;
  const edge = (at: number) => 10 ** ((flow.least_exponent ?? 0) + at / (flow.per_decade ?? 1));
  const place = Math.abs(bin - middle);
  if (place === 0) return { from: -edge(0), to: edge(0), isZero: true };
  const isLast = place === middle;
  const [near, far] = [edge(place - 1), isLast ? Number.POSITIVE_INFINITY : edge(place)];
  return bin > middle ? { from: near, to: far, isZero: false } : { from: -far, to: -near, isZero: false };
}

export interface FlagGroup {
  kind: string;
  /** From the input to the output. */
  layers: readonly string[];
  is_now: boolean;
  first_step: number;
  last_step: number;
  /** The worst of the layers, and its limit. */
  value: number | null;
  limit: number | null;
}

/** The same of several layers is told once: what is so now apart from what was. */
export function flagGroups(flags: readonly FlowFlag[]): FlagGroup[] {
  const groups = new Map<string, FlagGroup>();
  for (const flag of flags) {
    const key = `${flag.kind} ${flag.is_now}`;
    const old = groups.get(key);
    const last = flag.last_step ?? flag.first_step;
    const isWorse = badness(flag) > badness(old);
    groups.set(key, {
      kind: flag.kind,
      layers: [...(old?.layers ?? []), flag.layer],
      is_now: Boolean(flag.is_now),
      first_step: Math.min(old?.first_step ?? flag.first_step, flag.first_step),
      last_step: Math.max(old?.last_step ?? last, last),
      value: isWorse || !old ? (flag.value ?? null) : old.value,
      limit: isWorse || !old ? (flag.limit ?? null) : old.limit,
    });
  }
  return [...groups.values()];
}

/** How far beyond its limit; a value that vanishes is the worse the smaller it is. */
function badness(
  flag: (Pick<FlagGroup, "kind"> & { value?: number | null; limit?: number | null }) | undefined,
): number {
  if (!flag) return Number.NEGATIVE_INFINITY;
  if (flag.value == null || !flag.limit) return Number.POSITIVE_INFINITY;
  return flag.kind === "vanishing" ? flag.limit / flag.value : flag.value / flag.limit;
}
