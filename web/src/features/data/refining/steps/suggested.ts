// Steps that a dataset's own health report speaks for, each once and in an order in which they work.

import { isValues, type Values } from "../../../../forms/model/schema.ts";
import { isSame } from "../../../../forms/model/values.ts";
import type { StepDraft, StepKind } from "./drafts.ts";

/** What the report says of a problem, as far as it matters here. */
export interface Reason {
  title: string;
  count: number;
  fix: readonly unknown[];
}

export interface Suggestion {
  kind: string;
  settings: Values;
  /** Why: titles of the findings and how many rows each has; none for a usual step. */
  reasons: readonly Pick<Reason, "title" | "count">[];
}

/** Texts first, so that rows that become alike are found to be alike; marks for personal data last, which would make rows alike. */
const ORDER = [
  "html",
  "unicode",
  "whitespace",
  "pattern",
  "length",
  "language",
  "quality",
  "rows",
  "duplicates",
  "near_duplicates",
  "leakage",
  "redact",
  "resplit",
];
/** What harms no dataset. */
const USUAL = ["unicode", "whitespace", "duplicates"];
/** Longer lists of rows are mended from the report, not kept in a draft. */
const MOST_ROWS = 1000;

const place = (kind: string): number => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);

/** The steps that would mend what was found. */
export function suggestedOf(findings: readonly Reason[]): Suggestion[] {
  const found: Suggestion[] = [];
  for (const { title, count, fix } of findings) {
    for (const step of fix) {
      if (!isValues(step) || (Array.isArray(step.drop) && step.drop.length > MOST_ROWS)) continue;
      const { kind, ...settings } = step;
      const same = found.findIndex((each) => each.kind === kind && isSame(each.settings, settings));
      const old = found[same];
      const reasons = [...(old?.reasons ?? []), { title, count }];
      found.splice(old ? same : found.length, 1, { kind: String(kind), settings, reasons });
    }
  }
  return found.sort((a, b) => place(a.kind) - place(b.kind));
}

/** The usual steps, of those that there are. */
export const usualOf = (kinds: readonly StepKind[]): Suggestion[] =>
  USUAL.filter((name) => kinds.some(({ kind }) => kind === name)).map((kind) => ({
    kind,
    settings: {},
    reasons: [],
  }));

/** Suggestions as a new list. */
export const draftsOf = (suggestions: readonly Suggestion[]): StepDraft[] =>
  suggestions.map(({ kind, settings }, at) => ({ id: String(at + 1), kind, settings }));
