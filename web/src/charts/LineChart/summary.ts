// The chart in one sentence, and the cursor in another.
import { formatCount, formatDuration, formatShort, formatValue } from "../../ui/format.ts";
import type { XAxis } from "../types.ts";
import { bestIndex, indexAt, type Line, lastIndex, xExtent } from "./plot/model.ts";

export type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A position in words: step 9,412; 12 M tokens; 4 min 40 s. */
export function xWords(t: Translate, x: XAxis, at: number): string {
  if (x.kind === "time") return formatDuration(at);
  if (x.kind === "tokens") return t("{{tokens}} tokens", { tokens: formatShort(at) });
  return t("step {{step}}", { step: formatCount(at) });
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** “Loss over 9,412 steps. Latest: train 1.842, validation 1.918; lowest 1.83 at step 9,000”. */
export function summarise(
  t: Translate,
  title: string,
  x: XAxis,
  lines: readonly Line[],
  best: "min" | "max" | undefined,
): string {
  if (lines.every((line) => lastIndex(line.y) < 0)) return t("{{title}}. No values yet", { title });
  const [from, to] = xExtent(lines);
  const span = x.kind === "step" ? t("{{steps}} steps", { steps: formatCount(to) }) : xWords(t, x, to - from);
  const latest = lines
    .slice(0, 4)
    .map((line) => `${line.label} ${formatValue((line.raw ?? line.y)[lastIndex(line.y)])}`)
    .join(", ");
  const more = lines.length > 4 ? t(" and {{count}} more lines", { count: lines.length - 4 }) : "";
  const start = t("{{title}} over {{span}}. Latest: {{latest}}", { title, span, latest: latest + more });
  const found = bestOf(lines, best ?? "min");
  if (!found) return start;
  const values = { start, value: formatValue(found.value), at: xWords(t, x, found.x) };
  return best === "max"
    ? t("{{start}}; highest {{value}} at {{at}}", values)
    : t("{{start}}; lowest {{value}} at {{at}}", values);
}

function bestOf(lines: readonly Line[], best: "min" | "max"): { x: number; value: number } | null {
  let found: { x: number; value: number } | null = null;
  for (const line of lines) {
    const values = line.raw ?? line.y;
    const at = bestIndex(values, best);
    const value = values[at];
    if (value === undefined) continue;
    if (!found || (best === "min" ? value < found.value : value > found.value))
      found = { x: line.x[at] ?? 0, value };
  }
  return found;
}

export interface Reading {
  line: Line;
  x: number;
  /** Where the line stands. */
  value: number;
  /** The exact value, when the line is smoothed. */
  raw: number | undefined;
  delta: number | undefined;
}

/** What each line says at the cursor, greatest first; gaps are left out. */
export function readings(lines: readonly Line[], at: number, baselineId: string | undefined): Reading[] {
  const found = lines.flatMap((line): Reading[] => {
    const index = indexAt(line, at);
    const value = line.y[index];
    if (value === undefined || Number.isNaN(value)) return [];
    return [{ line, x: line.x[index] ?? at, value, raw: line.raw?.[index], delta: undefined }];
  });
  const base = found.find((each) => each.line.id === baselineId);
  return found
    .map((each) => (base && each !== base ? { ...each, delta: each.value - base.value } : each))
    .sort((a, b) => b.value - a.value);
}

/** The cursor in words: “Step 7,420: train 2.314, validation 1.957”. */
export function readingWords(t: Translate, x: XAxis, at: number, found: readonly Reading[]): string {
  const values = found
    .slice(0, 6)
    .map((each) => `${each.line.label} ${formatValue(each.raw ?? each.value)}`)
    .join(", ");
  return t("{{at}}: {{values}}", { at: capital(xWords(t, x, at)), values: values || t("no value") });
}
