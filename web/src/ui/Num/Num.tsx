import {
  formatBytes,
  formatCount,
  formatDelta,
  formatDuration,
  formatPercent,
  formatRate,
  formatShort,
  formatValue,
  NONE,
} from "../format.ts";

export type NumKind = "value" | "count" | "short" | "percent" | "bytes" | "duration" | "rate" | "delta";

export interface NumProps {
  /** `null`: there is no value, a dash. */
  value: number | null | undefined;
  /** How it is written. */
  as?: NumKind;
  /** After a space. */
  unit?: string;
  /** For deltas: colours the good direction. The sign says it first. */
  better?: "lower" | "higher";
}

const WRITE: Record<NumKind, (value: number) => string> = {
  value: (value) => formatValue(value),
  count: formatCount,
  short: formatShort,
  percent: (value) => formatPercent(value, Math.abs(value) < 0.1 ? 1 : 0),
  bytes: formatBytes,
  duration: formatDuration,
  rate: formatRate,
  delta: (value) => formatDelta(value, Math.abs(value) < 0.1 ? 2 : 3),
};

function toneOf(value: number, better: NumProps["better"]): string {
  if (!better || value === 0) return "";
  return value < 0 === (better === "lower") ? "text-positive" : "text-danger";
}

/** A number as people read it; the exact value on hover. */
export function Num({ value, as = "value", unit, better }: NumProps) {
  if (value === null || value === undefined || Number.isNaN(value)) return <span>{NONE}</span>;
  return (
    <span title={String(value)} className={`whitespace-nowrap tabular-nums ${toneOf(value, better)}`}>
      {WRITE[as](value)}
      {unit && ` ${unit}`}
    </span>
  );
}
