// How long it still takes, from how fast the last steps were; and what the machine's time has cost.

import type { RunView } from "../../../data/live/runStore.ts";
import type { RunNews } from "../../../data/live/stream.ts";

export interface TimeLeft {
  seconds: number;
  low: number;
  high: number;
}

const WINDOW = 240;
const BLOCKS = 8;
const BUSY: ReadonlySet<string> = new Set(["starting", "running", "pausing", "stopping"]);

/** Seconds of each of the last steps, from tokens and tokens per second. */
function stepSeconds(curves: RunView["curves"]): number[] {
  const tokens = curves.get("train/tokens");
  const speed = curves.get("train/tokens_per_second");
  if (!tokens || !speed) return [];
  const size = Math.min(tokens.x.length, speed.x.length);
  const found: number[] = [];
  for (let i = Math.max(1, size - WINDOW); i < size; i += 1) {
    const steps = (tokens.x[i] ?? 0) - (tokens.x[i - 1] ?? 0);
    const gained = (tokens.y[i] ?? 0) - (tokens.y[i - 1] ?? 0);
    const seconds = gained / (speed.y[i] ?? 0) / steps;
    if (steps > 0 && Number.isFinite(seconds) && seconds > 0) found.push(seconds);
  }
  return found;
}

/** Time left with the spread of the last minutes' pace; null while nobody can tell. */
export function timeLeft(curves: RunView["curves"], step: number, total: number | null): TimeLeft | null {
  const each = stepSeconds(curves);
  if (!total || total <= step || each.length < 3) return null;
  const size = Math.max(1, Math.ceil(each.length / BLOCKS));
  const means: number[] = [];
  for (let at = 0; at < each.length; at += size) means.push(mean(each.slice(at, at + size)));
  const rest = total - step;
  return {
    seconds: mean(each) * rest,
    low: Math.min(...means) * rest,
    high: Math.max(...means) * rest,
  };
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (Number.isFinite(value)) {
      sum += value;
      count += 1;
    }
  }
  return count ? sum / count : Number.NaN;
}

/** Seconds in which the run held the machine: waiting and paused time costs nothing. */
export function busySeconds(events: readonly RunNews[], now: number, isLive: boolean): number {
  let sum = 0;
  let since: number | null = null;
  let last = 0;
  for (const event of events) {
    last = event.time;
    if (event.type !== "state") continue;
    const isBusy = BUSY.has(String(event.state));
    if (since !== null && !isBusy) sum += event.time - since;
    since = isBusy ? (since ?? event.time) : null;
  }
  if (since !== null) sum += Math.max(0, (isLive ? now : last) - since);
  return sum;
}

/** 0.38 EUR as people write it; an unknown currency stays a word. */
export function formatMoney(amount: number, currency: string): string {
  const digits = amount > 0 && amount < 0.01 ? 4 : 2;
  try {
    const options = { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits };
    return new Intl.NumberFormat("en", options as Intl.NumberFormatOptions).format(amount);
  } catch {
    return `${amount.toFixed(digits)} ${currency}`;
  }
}

export interface Trend {
  delta: number;
  steps: number;
}

/** How a curve moved over about the last twentieth of its steps, noise averaged away. */
export function trendOf(x: Float64Array, y: Float64Array): Trend | null {
  const last = x.at(-1) ?? 0;
  const steps = roundSteps(Math.max(10, last / 20));
  const within = (from: number, to: number) => y.filter((_, i) => (x[i] ?? 0) > from && (x[i] ?? 0) <= to);
  const now = within(last - steps / 2, last);
  const before = within(last - 1.5 * steps, last - steps);
  if (now.length === 0 || before.length === 0) return null;
  const delta = mean(now) - mean(before);
  return Number.isFinite(delta) ? { delta, steps } : null;
}

function roundSteps(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].findLast((each) => each * power <= value) ?? 1) * power;
}

/** The lowest point of a curve. */
export function bestOf(x: Float64Array, y: Float64Array): { step: number; value: number } | null {
  let best: { step: number; value: number } | null = null;
  for (let i = 0; i < y.length; i += 1) {
    const value = y[i] ?? Number.NaN;
    if (Number.isFinite(value) && (!best || value < best.value)) best = { step: x[i] ?? 0, value };
  }
  return best;
}
