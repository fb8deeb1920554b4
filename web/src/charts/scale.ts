// Positions: from values to pixels and back, and the searches that a cursor needs.

export interface Scale {
  (value: number): number;
  invert: (position: number) => number;
}

/** A straight scale. A domain without extent maps to the middle of the range. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [start, end] = range;
  const slope = to === from ? 0 : (end - start) / (to - from);
  const base = slope === 0 ? (start + end) / 2 : start;
  const scale = (value: number) => base + (value - from) * slope;
  return Object.assign(scale, {
    invert: (position: number) => (slope === 0 ? from : from + (position - start) / slope),
  });
}

/** A logarithmic scale; what is not above zero has no position (NaN). */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const inner = linearScale([Math.log10(domain[0]), Math.log10(domain[1])], range);
  const scale = (value: number) => (value > 0 ? inner(Math.log10(value)) : Number.NaN);
  return Object.assign(scale, { invert: (position: number) => 10 ** inner.invert(position) });
}

/** Index of the first element that is not below `value`; the length if there is none. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Number.NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the nearest element, or -1 of nothing. */
export function nearestIndex(sorted: ArrayLike<number>, value: number): number {
  if (sorted.length === 0) return -1;
  const right = Math.min(lowerBound(sorted, value), sorted.length - 1);
  const left = Math.max(0, right - 1);
  return value - (sorted[left] ?? 0) <= (sorted[right] ?? 0) - value ? left : right;
}

/** First and last index whose position lies in the range, with one neighbour on each side so that lines run to the edge. */
export function windowOf(x: ArrayLike<number>, from: number, to: number): [first: number, end: number] {
  const first = Math.max(0, lowerBound(x, from) - 1);
  let end = lowerBound(x, to);
  while (end < x.length && (x[end] ?? 0) <= to) end += 1;
  return [first, Math.min(x.length, end + 1)];
}

export interface Extent {
  min: number;
  max: number;
}

/** Least and greatest finite value; with `positive`, of those above zero. Infinity and -Infinity when there is none. */
export function extentOf(values: ArrayLike<number>, from = 0, to = values.length, positive = false): Extent {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (value < min && (!positive || value > 0) && value !== Number.NEGATIVE_INFINITY) min = value;
    if (value > max && (!positive || value > 0) && value !== Number.POSITIVE_INFINITY) max = value;
  }
  return { min, max };
}

/** The extent between two quantiles, from at most `sample` evenly picked values. */
export function quantileExtent(
  values: ArrayLike<number>,
  from: number,
  to: number,
  tail = 0.01,
  sample = 2000,
): Extent {
  const stride = Math.max(1, Math.floor((to - from) / sample));
  const picked: number[] = [];
  for (let i = from; i < to; i += stride) {
    const value = values[i] ?? Number.NaN;
    if (Number.isFinite(value)) picked.push(value);
  }
  if (picked.length === 0) return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  picked.sort((a, b) => a - b);
  const last = picked.length - 1;
  return {
    min: picked[Math.floor(last * tail)] ?? 0,
    max: picked[Math.ceil(last * (1 - tail))] ?? 0,
  };
}

/** One ascending grid of all positions; a grid that all share is returned as it is. */
export function unionGrid(grids: readonly Float64Array[]): Float64Array {
  const distinct = grids.filter((grid, at) => !grids.slice(0, at).some((other) => isSameGrid(grid, other)));
  const [only] = distinct;
  if (distinct.length <= 1) return only ?? new Float64Array();
  const all = new Float64Array(distinct.reduce((sum, grid) => sum + grid.length, 0));
  let offset = 0;
  for (const grid of distinct) {
    all.set(grid, offset);
    offset += grid.length;
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i += 1) {
    const value = all[i] ?? 0;
    if (kept === 0 || value !== all[kept - 1]) {
      all[kept] = value;
      kept += 1;
    }
  }
  return all.subarray(0, kept);
}

function isSameGrid(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
