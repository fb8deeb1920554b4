// Answered rows: right or wrong, sorted by a score, and what changed between two evaluations.

import type { AnsweredRow } from "../../../data/models.ts";

export type Verdict = "right" | "wrong" | "unknown";
export type Change = "fixed" | "broken" | "changed" | "same";

/** The score that says right or wrong: execution first, then exact match. */
export function judgeOf(rows: readonly AnsweredRow[]): string | null {
  const names = new Set(rows.flatMap((row) => Object.keys(row.scores)));
  const wanted = [...names].find((name) => name.includes("execution"));
  return wanted ?? (names.has("exact_match") ? "exact_match" : null);
}

export function verdictOf(row: AnsweredRow, judge: string | null): Verdict {
  const score = judge === null ? null : row.scores[judge];
  if (score === null || score === undefined) return "unknown";
  return score >= 1 ? "right" : "wrong";
}

export interface Pair {
  row: number;
  now: AnsweredRow;
  /** The other evaluation's answer to the same row. */
  before: AnsweredRow | null;
  change: Change;
}

function changeOf(now: AnsweredRow, before: AnsweredRow | null, judge: string | null): Change {
  if (!before) return "same";
  const [is, was] = [verdictOf(now, judge), verdictOf(before, judge)];
  if (is === "right" && was === "wrong") return "fixed";
  if (is === "wrong" && was === "right") return "broken";
  return now.answer === before.answer ? "same" : "changed";
}

const ORDER: Change[] = ["broken", "fixed", "changed", "same"];

/** Rows of an evaluation beside those of another one, what changed most first. */
export function pairsOf(
  now: readonly AnsweredRow[],
  before: readonly AnsweredRow[],
  judge: string | null,
): Pair[] {
  const others = new Map(before.map((row) => [row.row, row]));
  const pairs = now.map((row) => {
    const other = others.get(row.row) ?? null;
    return { row: row.row, now: row, before: other, change: changeOf(row, other, judge) };
  });
  if (before.length === 0) return pairs;
  return pairs.sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change) || a.row - b.row);
}

export interface AnswerFilter {
  verdict: string;
  change: string;
  search: string;
  sort: string;
}

const holds = (row: AnsweredRow, words: string) =>
  [row.prompt, row.answer, row.reference].some((text) => text.toLowerCase().includes(words));

/** `sort` is "score ascending" or "score descending"; without it the order stays. */
export function filterPairs(pairs: readonly Pair[], filter: AnswerFilter, judge: string | null): Pair[] {
  const words = filter.search.trim().toLowerCase();
  const shown = pairs.filter(
    (pair) =>
      (filter.verdict === "" || verdictOf(pair.now, judge) === filter.verdict) &&
      (filter.change === "" || pair.change === filter.change) &&
      (words === "" || holds(pair.now, words) || (pair.before !== null && holds(pair.before, words))),
  );
  const [score, direction] = filter.sort.split(" ");
  if (!score) return shown;
  const sign = direction === "descending" ? -1 : 1;
  const value = ({ now, row }: Pair) => (score === "row" ? row : (now.scores[score] ?? -1));
  return [...shown].sort((a, b) => sign * (value(a) - value(b)) || a.row - b.row);
}

export function countChanges(pairs: readonly Pair[]): Record<Change, number> {
  const counts = { fixed: 0, broken: 0, changed: 0, same: 0 };
  for (const { change } of pairs) counts[change] += 1;
  return counts;
}
