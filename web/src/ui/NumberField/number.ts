// Numbers as people type them, and how a typed value is written back: short, but never with a digit less.

import { formatCount, formatRate } from "../format.ts";

export type Scale = "linear" | "log";
export interface Bounds {
  minimum?: number | undefined;
  maximum?: number | undefined;
}

/** Reads 12,000 · 1e-3 · 2.0e-4 · −3 · .5; `undefined` when it is no number. */
export function parseNumber(text: string): number | undefined {
  const plain = text
    .trim()
    .replaceAll("−", "-")
    .replace(/(?<=\d)[,\s_](?=\d{3}(\D|$))/g, "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** Writes a value so that reading it gives the same value: 12,000 · 3e-4 · 0.1. */
export function writeNumber(value: number | null, scale: Scale = "linear"): string {
  if (value === null) return "";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return formatCount(value).replace("−", "-");
  const size = Math.abs(value);
  if (size >= (scale === "log" ? 0.01 : 1e-3)) return String(value);
  const short = formatRate(value).replace("−", "-");
  return Number(short) === value ? short : value.toExponential();
}

const clamp = (value: number, { minimum = -Infinity, maximum = Infinity }: Bounds) =>
  Math.min(maximum, Math.max(minimum, value));
const tidy = (value: number) => Number(value.toPrecision(12));

/** The next of 1, 2, 5, 10, … above or below. */
function nextOnLog(value: number, direction: 1 | -1): number {
  const decade = Math.floor(Math.log10(value) + 1e-9);
  const steps = [0.5, 1, 2, 5, 10].map((lead) => tidy(lead * 10 ** decade));
  const near = (a: number) => Math.abs(a - value) < value * 1e-9;
  if (direction > 0) return steps.find((each) => each > value && !near(each)) ?? value * 2;
  return steps.findLast((each) => each < value && !near(each)) ?? value / 2;
}

export interface StepOptions extends Bounds {
  integer?: boolean | undefined;
  scale?: Scale | undefined;
  step?: number | undefined;
}

/** One arrow key: adds a step, or on a log scale goes to the next of 1, 2, 5 (whole numbers double). */
export function stepNumber(value: number, direction: 1 | -1, options: StepOptions): number {
  if (options.scale === "log" && value > 0) {
    const doubled = direction > 0 ? value * 2 : Math.max(1, Math.floor(value / 2));
    return clamp(options.integer ? doubled : nextOnLog(value, direction), options);
  }
  const natural = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1) + 1e-9) - 1);
  const step = options.step ?? (options.integer ? 1 : natural);
  return clamp(tidy(value + direction * step), options);
}

export type Fault = "number" | "integer" | "range";

/** What is wrong with a typed text, if anything. */
export function faultOf(text: string, { minimum, maximum, integer }: StepOptions): Fault | undefined {
  if (text.trim() === "") return undefined;
  const value = parseNumber(text);
  if (value === undefined) return "number";
  if (integer && !Number.isInteger(value)) return "integer";
  if (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity)) return "range";
  return undefined;
}
