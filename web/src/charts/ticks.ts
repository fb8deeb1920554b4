// Where an axis is labelled, and how the labels read: 9k, 1.5, 3e-4.
import { formatDuration, MINUS } from "../ui/format.ts";
import type { XKind } from "./types.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const TIME_STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

/** The least round step (1, 2, 2.5 or 5 times a power of ten) with at most `most` steps in the span. */
export function niceStep(span: number, most: number): number {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 2.5, 5]) if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  const ticks: number[] = [];
  for (let i = first; i <= last; i += 1) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Round positions in [from, to], at most `most`. */
export function niceTicks(from: number, to: number, most: number): number[] {
  if (!(to > from)) return Number.isFinite(from) ? [from] : [];
  let step = niceStep(to - from, most);
  let ticks = multiples(from, to, step);
  while (ticks.length > most) {
    step = niceStep(step * most * 1.01, most);
    ticks = multiples(from, to, step);
  }
  return ticks;
}

/** Round whole positions: never between two steps. */
export function wholeTicks(from: number, to: number, most: number): number[] {
  if (!(to > from)) return [from];
  const step = Math.max(1, Math.ceil(niceStep(to - from, most)));
  return multiples(from, to, step).slice(0, most + 1);
}

/** Round times in seconds. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = TIME_STEPS.find((each) => (to - from) / each <= most);
  if (to - from < most) return niceTicks(from, to, most);
  return step ? multiples(from, to, step) : niceTicks(from, to, most);
}

/** Powers of ten, joined by 2 and 5 when there is room; below one decade, round values. */
export function logTicks(from: number, to: number, most: number): number[] {
  if (!(from > 0) || !(to > from)) return [];
  const decades = Math.log10(to / from);
  if (decades < 0.7) return niceTicks(from, to, most);
  const factors = decades * 3 <= most ? [1, 2, 5] : [1];
  const stride = factors.length > 1 ? 1 : Math.max(1, Math.ceil(decades / most));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += stride) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks.length >= 2 ? ticks.slice(0, Math.max(most, 2)) : niceTicks(from, to, most);
}

/** Positions for an x-axis of this kind. */
export function xTicks(kind: XKind, from: number, to: number, most: number): number[] {
  if (kind === "time") return timeTicks(from, to, most);
  return wholeTicks(from, to, most);
}

function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 8; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals;
  }
  return 8;
}

function leastStep(ticks: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < ticks.length; i += 1) {
    least = Math.min(least, Math.abs((ticks[i] ?? 0) - (ticks[i - 1] ?? 0)));
  }
  return Number.isFinite(least) && least > 0 ? least : Math.abs(ticks[0] ?? 1) || 1;
}

/** One label a tick, alike in their decimals, and never two that read the same. */
export function tickLabels(ticks: readonly number[]): string[] {
  const step = leastStep(ticks);
  const top = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0);
  if (top > 0 && top < 1e-2) return ticks.map((tick) => (tick === 0 ? "0" : exponent(tick, step)));
  for (const [limit, unit] of [
    [1e9, " B"],
    [1e6, " M"],
    [1e3, "k"],
  ] as const) {
    if (top >= limit * (unit === "k" ? 2 : 1) && decimalsOf(step / limit) <= 2) {
      const decimals = decimalsOf(step / limit);
      return ticks.map((tick) => (tick === 0 ? "0" : minus((tick / limit).toFixed(decimals)) + unit));
    }
  }
  const decimals = decimalsOf(step);
  return ticks.map((tick) => (tick === 0 && decimals === 0 ? "0" : minus(tick.toFixed(decimals))));
}

/** Labels of a logarithmic axis: each for itself. */
export function logLabels(ticks: readonly number[]): string[] {
  return ticks.map((tick) => {
    if (tick < 1e-2) return exponent(tick, tick);
    if (tick >= 1e3) return tickLabels([0, tick])[1] ?? "";
    return minus(String(Number(tick.toPrecision(4))));
  });
}

/** Labels of an x-axis of this kind. */
export function xLabels(kind: XKind, ticks: readonly number[]): string[] {
  return kind === "time" ? ticks.map((tick) => (tick === 0 ? "0" : formatDuration(tick))) : tickLabels(ticks);
}

function exponent(value: number, step: number): string {
  const power = Math.floor(Math.log10(Math.abs(value)));
  const digits = Math.min(3, Math.max(0, power - Math.floor(Math.log10(step) + 1e-9)));
  return minus(value.toExponential(digits).replace(/\.0+e/, "e").replace("e+", "e"));
}

function minus(text: string): string {
  return text.replace(/^-/, MINUS);
}
