// Fewer points without losing a spike: least and greatest per bucket, and per pixel column when a line is drawn.
import { windowOf } from "./scale.ts";

export interface Buckets {
  x: Float64Array;
  /** The last value of each bucket. */
  y: Float64Array;
  min: Float64Array;
  max: Float64Array;
}

/** Buckets of equal width over [from, to]; empty ones are left out, buckets of NaN alone stay as gaps. */
export function bucketMinMax(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  count: number,
): Buckets {
  const width = (to - from) / count || 1;
  const out: { x: number; y: number; min: number; max: number }[] = [];
  let current = -1;
  for (let i = 0; i < x.length; i += 1) {
    const at = x[i] ?? 0;
    if (at < from || at > to) continue;
    const bucket = Math.min(count - 1, Math.floor((at - from) / width));
    const value = y[i] ?? Number.NaN;
    const last = out.at(-1);
    if (bucket !== current || !last) {
      out.push({ x: at, y: value, min: value, max: value });
      current = bucket;
    } else {
      last.x = at;
      if (Number.isNaN(value)) continue;
      last.y = value;
      if (!(value >= last.min)) last.min = value;
      if (!(value <= last.max)) last.max = value;
    }
  }
  const column = (key: "x" | "y" | "min" | "max") => Float64Array.from(out, (each) => each[key]);
  return { x: column("x"), y: column("y"), min: column("min"), max: column("max") };
}

export interface Projection {
  /** Visible positions. */
  from: number;
  to: number;
  px: (x: number) => number;
  py: (y: number) => number;
}

/** A line as flat pairs x, y in pixels; a pair of NaN lifts the pen. At most four pairs a pixel column. */
export function linePixels(x: Float64Array, y: Float64Array, to: Projection): number[] {
  const [begin, end] = windowOf(x, to.from, to.to);
  const out: number[] = [];
  const slope = to.px(1) - to.px(0);
  const base = to.px(0);
  let column = Number.NaN;
  let count = 0;
  let first = 0;
  let last = 0;
  let low = 0;
  let high = 0;
  let firstX = 0;
  let lastX = 0;
  let highIsFirst = false;
  const flush = () => {
    if (count === 0) return;
    out.push(firstX, to.py(first));
    if (count > 2) {
      const middle = (firstX + lastX) / 2;
      out.push(middle, to.py(highIsFirst ? high : low), middle, to.py(highIsFirst ? low : high));
    }
    if (count > 1) out.push(lastX, to.py(last));
    count = 0;
  };
  for (let i = begin; i < end; i += 1) {
    const value = y[i] as number;
    const at = base + (x[i] as number) * slope;
    if (Number.isNaN(value)) {
      flush();
      if (out.length > 0 && !Number.isNaN(out[out.length - 1] ?? Number.NaN))
        out.push(Number.NaN, Number.NaN);
      column = Number.NaN;
      continue;
    }
    const here = Math.floor(at);
    if (here !== column || count === 0) {
      flush();
      column = here;
      first = low = high = value;
      firstX = at;
      highIsFirst = false;
    } else if (value < low) {
      low = value;
      highIsFirst = true;
    } else if (value > high) {
      high = value;
      highIsFirst = false;
    }
    last = value;
    lastX = at;
    count += 1;
  }
  flush();
  return out;
}

/** The space between two lines as closed outlines of flat pairs. */
export function bandPixels(
  x: Float64Array,
  min: Float64Array,
  max: Float64Array,
  to: Projection,
): number[][] {
  const [begin, end] = windowOf(x, to.from, to.to);
  const outlines: number[][] = [];
  let upper: number[] = [];
  let lower: number[] = [];
  let column = Number.NaN;
  const close = () => {
    if (upper.length >= 4) {
      const back: number[] = [];
      for (let i = lower.length - 2; i >= 0; i -= 2) back.push(lower[i] ?? 0, lower[i + 1] ?? 0);
      outlines.push([...upper, ...back]);
    }
    upper = [];
    lower = [];
    column = Number.NaN;
  };
  for (let i = begin; i < end; i += 1) {
    const least = min[i] ?? Number.NaN;
    const most = max[i] ?? Number.NaN;
    if (Number.isNaN(least) || Number.isNaN(most)) {
      close();
      continue;
    }
    const at = to.px(x[i] ?? 0);
    const top = to.py(most);
    const bottom = to.py(least);
    const end1 = upper.length - 1;
    if (Math.floor(at) === column && end1 > 0) {
      upper[end1] = Math.min(upper[end1] ?? top, top);
      lower[end1] = Math.max(lower[end1] ?? bottom, bottom);
    } else {
      upper.push(at, top);
      lower.push(at, bottom);
      column = Math.floor(at);
    }
  }
  close();
  return outlines;
}

/** The pairs as the `d` of an SVG path. */
export function svgPath(pixels: readonly number[]): string {
  let d = "";
  let isUp = true;
  for (let i = 0; i < pixels.length; i += 2) {
    const px = pixels[i] ?? Number.NaN;
    const py = pixels[i + 1] ?? Number.NaN;
    if (Number.isNaN(px) || Number.isNaN(py)) {
      isUp = true;
      continue;
    }
    d += `${isUp ? "M" : "L"}${Math.round(px * 100) / 100} ${Math.round(py * 100) / 100}`;
    isUp = false;
  }
  return d;
}
