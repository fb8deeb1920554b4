// Which rows stay when axes are brushed, and where values lie. Shares run from the bottom (0) to the top (1).
import { extentOf } from "../scale.ts";
import type { ParallelAxis, ParallelRow } from "../types.ts";

export type Brushes = Readonly<Record<string, readonly [number, number]>>;

export function axisDomain(axis: ParallelAxis, rows: readonly ParallelRow[]): readonly [number, number] {
  if (axis.categories) return [0, Math.max(1, axis.categories.length - 1)];
  const values = rows.map((row) => Number(row.values[axis.id] ?? Number.NaN));
  const { min, max } = extentOf(values, 0, values.length, axis.log);
  if (!(max >= min)) return [0, 1];
  return max > min ? [min, max] : [min - Math.abs(min || 1) * 0.5, max + Math.abs(max || 1) * 0.5];
}

/** Share of a value on its axis; null when the row has none. */
export function axisShare(
  axis: ParallelAxis,
  domain: readonly [number, number],
  row: ParallelRow,
): number | null {
  const value = row.values[axis.id];
  if (value === null || value === undefined) return null;
  const place = axis.categories ? axis.categories.indexOf(String(value)) : Number(value);
  if (!Number.isFinite(place) || (axis.categories && place < 0)) return null;
  const [from, to] = domain;
  if (axis.log && !axis.categories && from > 0)
    return place > 0 ? Math.log(place / from) / Math.log(to / from) : null;
  return (place - from) / (to - from);
}

/** Rows inside every brush; a row without a value is outside. */
export function brushed(
  axes: readonly ParallelAxis[],
  rows: readonly ParallelRow[],
  brushes: Brushes,
): ParallelRow[] {
  const active = axes
    .filter((axis) => brushes[axis.id])
    .map((axis) => ({ axis, domain: axisDomain(axis, rows), brush: brushes[axis.id] ?? [0, 1] }));
  return rows.filter((row) =>
    active.every(({ axis, domain, brush }) => {
      const share = axisShare(axis, domain, row);
      return share !== null && share >= brush[0] - 1e-9 && share <= brush[1] + 1e-9;
    }),
  );
}
