// Columns of one metric: the past as the server bucketed it, then the live rows after it.

import type { Schemas } from "../client.ts";
import type { MetricRow } from "./stream.ts";

/** One metric of one run on a chart. `min` and `max` are there where points were put together. */
export interface Curve {
  run: string;
  key: string;
  x: Float64Array;
  y: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
  isExact: boolean;
}

type ServerCurve = Schemas["Curve"];

function column(values: (number | null)[] | null | undefined): Float64Array {
  return Float64Array.from(values ?? [], (value) => value ?? Number.NaN);
}

export function curveOf(answer: ServerCurve): Curve {
  const base = { run: answer.run, key: answer.key, x: column(answer.x), isExact: answer.exact };
  if (answer.exact) return { ...base, y: column(answer.value) };
  return { ...base, y: column(answer.mean), min: column(answer.min), max: column(answer.max) };
}

/** The curve with live points after its last one; points at or before it are known already. */
export function extended(curve: Curve, x: readonly number[], y: readonly number[]): Curve {
  const last = curve.x.at(-1) ?? Number.NEGATIVE_INFINITY;
  const first = x.findIndex((value) => value > last);
  if (first < 0) return curve;
  const join = (old: Float64Array, more: readonly number[]) => {
    const all = new Float64Array(old.length + more.length);
    all.set(old);
    all.set(more, old.length);
    return all;
  };
  const ys = y.slice(first);
  return {
    ...curve,
    x: join(curve.x, x.slice(first)),
    y: join(curve.y, ys),
    ...(curve.min ? { min: join(curve.min, ys) } : {}),
    ...(curve.max ? { max: join(curve.max, ys) } : {}),
  };
}

/** Rows of the stream as columns by metric; a value that is no number is NaN. */
export function columnsOf(rows: readonly MetricRow[]): Map<string, { x: number[]; y: number[] }> {
  const columns = new Map<string, { x: number[]; y: number[] }>();
  for (const row of rows) {
    for (const [key, value] of Object.entries(row.values)) {
      let column = columns.get(key);
      if (!column) {
        column = { x: [], y: [] };
        columns.set(key, column);
      }
      column.x.push(row.step);
      column.y.push(value ?? Number.NaN);
    }
  }
  return columns;
}
