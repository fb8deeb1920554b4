// From series to lines: thread, smoothing and width decided, arrays untouched.
import { type Thread, threadDash, threadOf } from "../../../ui/thread.ts";
import type { Palette } from "../../parts/palette.ts";
import { type Extent, extentOf, nearestIndex, quantileExtent, windowOf } from "../../scale.ts";
import { smooth } from "../../smooth.ts";
import type { LineSeries } from "../../types.ts";

export interface Line {
  id: string;
  label: string;
  thread: Thread;
  /** Solid while it is alone in the plot. */
  isSolid: boolean;
  x: Float64Array;
  /** What is drawn: smoothed, or the raw values themselves. */
  y: Float64Array;
  /** The raw values, when `y` is smoothed. */
  raw: Float64Array | undefined;
  min: Float64Array | undefined;
  max: Float64Array | undefined;
}

const VALIDATION: Thread = { color: 4, dash: 4 };

export function threadFor(series: LineSeries, ordinal: number): Thread {
  return series.thread ?? (series.isValidation ? VALIDATION : threadOf(ordinal));
}

/** Smoothing one new point must not smooth all lines again: results are kept by array and weight. */
const kept = new WeakMap<Float64Array, { weight: number; out: Float64Array }>();

function smoothKept(y: Float64Array, weight: number): Float64Array {
  const known = kept.get(y);
  if (known?.weight === weight) return known.out;
  const out = smooth(y, weight);
  kept.set(y, { weight, out });
  return out;
}

export function buildLines(
  series: readonly LineSeries[],
  smoothing: number,
  hidden: ReadonlySet<string>,
): Line[] {
  return series
    .map((each, ordinal) => ({ each, thread: threadFor(each, ordinal) }))
    .filter(({ each }) => !hidden.has(each.id))
    .map(({ each, thread }) => {
      const isSmooth = smoothing > 0 && !each.isValidation;
      return {
        id: each.id,
        label: each.label,
        thread,
        isSolid: series.length - hidden.size <= 1,
        x: each.x,
        y: isSmooth ? smoothKept(each.y, smoothing) : each.y,
        raw: isSmooth ? each.y : undefined,
        min: each.min,
        max: each.max,
      };
    });
}

export function colorOf(line: Pick<Line, "thread">, palette: Palette): string {
  return palette.threads[line.thread.color - 1] ?? palette.text;
}

export function dashOf(line: Pick<Line, "thread" | "isSolid">): readonly number[] {
  return line.isSolid ? [] : threadDash(line.thread);
}

/** The extent of x over all lines. */
export function xExtent(lines: readonly Line[]): [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of lines) {
    from = Math.min(from, x[0] ?? from);
    to = Math.max(to, x[x.length - 1] ?? to);
  }
  if (!(to >= from)) return [0, 1];
  return to > from ? [from, to] : [from - 0.5, to + 0.5];
}

export interface YOptions {
  yLog: boolean;
  clipOutliers: boolean;
}

/** The extent of y in the visible part, in drawing units: logarithms on a log axis. */
export function yExtent(
  lines: readonly Line[],
  from: number,
  to: number,
  options: YOptions,
): [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const take = (extent: Extent) => {
    min = Math.min(min, extent.min);
    max = Math.max(max, extent.max);
  };
  for (const line of lines) {
    const [begin, end] = windowOf(line.x, from, to);
    if (options.clipOutliers) {
      const extent = quantileExtent(line.raw ?? line.y, begin, end);
      if (!options.yLog || extent.min > 0) take(extent);
      else take(extentOf(line.y, begin, end, true));
      continue;
    }
    for (const values of [line.y, line.raw, line.min, line.max]) {
      if (values) take(extentOf(values, begin, end, options.yLog));
    }
  }
  if (!(max >= min)) return [0, 1];
  if (options.yLog) return pad(Math.log10(min), Math.log10(max), 0.5);
  return pad(min, max, Math.abs(min) * 0.1 || 0.5);
}

function pad(min: number, max: number, whenFlat: number): [number, number] {
  if (max - min < 1e-12 * Math.max(1, Math.abs(max))) return [min - whenFlat, max + whenFlat];
  const room = (max - min) * 0.04;
  return [min - room, max + room];
}

/** Where a line stands at the cursor: its nearest point, unless the cursor is outside the line. */
export function indexAt(line: Pick<Line, "x">, x: number): number {
  const { x: grid } = line;
  const first = grid[0];
  const last = grid[grid.length - 1];
  if (first === undefined || last === undefined) return -1;
  const slack = grid.length > 1 ? (last - first) / (grid.length - 1) : 0;
  if (x < first - slack || x > last + slack) return -1;
  return nearestIndex(grid, x);
}

/** Index of the best finite raw value; -1 when there is none. */
export function bestIndex(y: Float64Array, best: "min" | "max"): number {
  let found = -1;
  for (let i = 0; i < y.length; i += 1) {
    const value = y[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const held = y[found] ?? Number.NaN;
    if (found < 0 || (best === "min" ? value < held : value > held)) found = i;
  }
  return found;
}

/** Index of the last finite value; -1 when there is none. */
export function lastIndex(y: Float64Array): number {
  for (let i = y.length - 1; i >= 0; i -= 1) if (Number.isFinite(y[i])) return i;
  return -1;
}
