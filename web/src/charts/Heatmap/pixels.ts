// A matrix as pixels: one a cell, coloured from the eight heat steps, scaled up by the browser without blur.
import { extentOf } from "../scale.ts";

/** 256 colours between the steps, as the bytes r, g, b, a in one number (little endian). */
export function heatTable(steps: readonly string[]): Uint32Array {
  const table = new Uint32Array(256);
  const rgb = steps.map((step) => [1, 3, 5].map((at) => Number.parseInt(step.slice(at, at + 2), 16)));
  for (let i = 0; i < 256; i += 1) {
    const place = (i / 255) * (rgb.length - 1);
    const low = rgb[Math.floor(place)] ?? [0, 0, 0];
    const high = rgb[Math.ceil(place)] ?? low;
    const part = place - Math.floor(place);
    const [r, g, b] = low.map((from, channel) => Math.round(from + ((high[channel] ?? from) - from) * part));
    table[i] = (0xff000000 | ((b ?? 0) << 16) | ((g ?? 0) << 8) | (r ?? 0)) >>> 0;
  }
  return table;
}

export interface HeatScale {
  min: number;
  max: number;
  isLog: boolean;
}

/** The scale that holds all finite values; a log scale leaves out what is not above zero. */
export function heatScale(
  values: Float32Array,
  isLog: boolean,
  domain?: readonly [number, number],
): HeatScale {
  if (domain) return { min: domain[0], max: domain[1], isLog };
  const { min, max } = extentOf(values, 0, values.length, isLog);
  return max >= min ? { min, max, isLog } : { min: 0, max: 1, isLog: false };
}

/** Share 0 to 1 of a value on the scale. */
export function heatShare(value: number, { min, max, isLog }: HeatScale): number {
  const share = isLog ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Number.isNaN(share) ? (max === min ? 0.5 : 0) : Math.min(1, Math.max(0, share));
}

/** Fills one pixel a cell; NaN stays transparent. */
export function fillPixels(
  out: Uint32Array,
  values: Float32Array,
  scale: HeatScale,
  table: Uint32Array,
): void {
  const { min, max, isLog } = scale;
  const base = isLog ? Math.log(min) : min;
  const span = (isLog ? Math.log(max) : max) - base;
  const factor = span > 0 ? 255 / span : 0;
  const middle = span > 0 ? 0 : 127;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (Number.isNaN(value)) {
      out[i] = 0;
      continue;
    }
    const at = middle + ((isLog ? Math.log(Math.max(value, min)) : value) - base) * factor;
    out[i] = table[at < 0 ? 0 : at > 255 ? 255 : Math.round(at)] as number;
  }
}
