// Typed fakes of what an inspection finds and what a corpus is made of. Shapes as the server gives them.

import type {
  ColumnSummary,
  Corpus,
  CorpusMap,
  DataFinding,
  Validation,
} from "../data/looking/inspection.ts";

export function fakeFinding(changes: Partial<DataFinding> = {}): DataFinding {
  return {
    id: "duplicates",
    title: "Rows that repeat another",
    severity: "warning",
    count: 12,
    share: 0.0984,
    rows: [14, 22, 37, 41, 58, 63, 70, 77, 85, 96, 104, 118],
    examples: [
      { text: "Where is shelf 3?\nShelf 3 is on the left.", rows: [3, 14] },
      { text: "When do you open?\nAt nine.", rows: [8, 22] },
      { text: "Who answers?\nThe desk.", rows: [9, 37] },
    ],
    why: "What stands there several times is learned several times as much, and soon by heart.",
    advice: "Keep the first of each.",
    fix: [{ kind: "duplicates" }],
    details: { contents: 9, most_copies: 3 },
    ...changes,
  };
}

export const FAKE_FINDINGS: DataFinding[] = [
  fakeFinding({
    id: "leakage",
    title: "Held-out rows that also stand in training",
    severity: "error",
    count: 3,
    share: 0.14,
    rows: [101, 107, 119],
    examples: [{ text: "Where is shelf 3?\nShelf 3 is on the left.", rows: [3, 101] }],
    why: "The model is tested on what it has learned by heart, so its scores are too good.",
    advice: "Leave the copies out of training.",
    fix: [{ kind: "leakage" }],
    details: { splits: { test: 3 } },
  }),
  fakeFinding(),
  fakeFinding({
    id: "wrong_roles",
    title: "Conversations with wrong roles or a wrong order",
    count: 2,
    share: 0.0157,
    rows: [5, 9],
    examples: [
      {
        text: "faq.jsonl line 5: message 2 is from the user where the assistant should speak",
        row: 5,
        rows: [],
      },
    ],
    why: "Nobody can tell what is asked and what is to be learned there.",
    advice: "They wait in the quarantine with line and reason.",
    fix: [],
    details: { is_quarantined: true },
  }),
  fakeFinding({
    id: "missing",
    title: "Missing or empty values",
    severity: "note",
    count: 31,
    share: 0.254,
    rows: [2, 6],
    examples: [],
    why: "Rows without a value say less than the others.",
    advice: "Check that the columns are meant to be optional.",
    fix: [],
    details: { columns: { Topic: 31 } },
  }),
];

export function fakeValidation(changes: Partial<Validation> = {}): Validation {
  return {
    known: true,
    rows: 122,
    looked: { tokenizer: null, context: 1024, template: "auto", near: false },
    findings: FAKE_FINDINGS,
    skipped: [
      {
        id: "near_duplicates",
        reason: "Ask for near-duplicates; the search takes minutes for a million rows.",
      },
    ],
    clusters: [],
    verdict: {
      verdict: "not_ready",
      words: "not ready",
      reasons: FAKE_FINDINGS.filter(({ severity }) => severity !== "note"),
    },
    seconds: 0.1,
    ...changes,
  };
}

export const FAKE_CLUSTERS = Array.from({ length: 3 }, (_, n) => ({
  size: 9 - n * 3,
  rows: [n * 10 + 1, n * 10 + 4, n * 10 + 8],
  text: `Where is shelf ${n + 1}, please?`,
  other: `Please, where is shelf ${n + 1}?`,
  similarity: 0.93 - n / 20,
}));

const counted = (words: string[], most: number) =>
  words.map((text, place) => ({ text, count: Math.round(most / (place + 1)), id: null }));

const histogram = (edges: number[], counts: number[]) => ({
  edges,
  counts,
  percentiles: { p0: edges[0] ?? 0, p50: 40, p95: 80, p100: edges.at(-1) ?? 0 },
  mean: 42,
  total: 5124,
});

export function fakeCorpus(changes: Partial<Corpus> = {}): Corpus {
  return {
    rows: 122,
    sampled_rows: 122,
    lengths: {
      characters: histogram([12, 20, 40, 80, 160, 320], [6, 30, 52, 28, 6]),
      words: histogram([3, 6, 12, 24, 48], [20, 60, 34, 8]),
    },
    words: {
      total: 5124,
      distinct: 811,
      once: 402,
      top: counted(["the", "shelf", "is", "on", "where", "left", "open", "desk"], 420),
      pairs: counted(["where is", "the left", "is on", "on the"], 96),
      triples: counted(["on the left", "where is shelf"], 40),
    },
    growth: { words: [1, 10, 100, 1000, 5124], distinct: [1, 8, 61, 310, 811], k: 3.1, beta: 0.65 },
    coverage: { words: [1, 10, 100, 811], share: [0.08, 0.31, 0.7, 1] },
    tokens: null,
    ...changes,
  };
}

export function fakeMap(rows = 60, changes: Partial<CorpusMap> = {}): CorpusMap {
  const at = Array.from({ length: rows }, (_, n) => n);
  const spread = (n: number, by: number) => ((n * by) % 17) / 60 - 0.14;
  return {
    rows: at.map((n) => n + 1),
    x: at.map((n) => [-0.6, 0.6, 0.1][n % 3] ?? 0).map((x, n) => x + spread(n, 7)),
    y: at.map((n) => [-0.4, -0.3, 0.6][n % 3] ?? 0).map((y, n) => y + spread(n, 11)),
    group: at.map((n) => n % 3),
    groups: ["shelf, left, where", "open, nine, day", "desk, answer, who"],
    texts: at.map((n) => `What row ${n + 1} says about ${["shelves", "hours", "the desk"][n % 3]}.`),
    sampled_rows: rows,
    known: true,
    model: "",
    max_tokens: 0,
    cut_rows: 0,
    needs_download: false,
    ...changes,
  };
}

export const FAKE_COLUMNS: ColumnSummary[] = [
  { name: "No.", kind: "number", missing: 0, distinct: 122, min: 1, max: 122, values: [] },
  { name: "Question", kind: "text", missing: 0, distinct: 118, min: null, max: null, values: [] },
  { name: "Answer", kind: "text", missing: 0, distinct: 110, min: null, max: null, values: [] },
  {
    name: "Topic",
    kind: "text",
    missing: 31,
    distinct: 2,
    min: null,
    max: null,
    values: [
      { value: "shelves", count: 70 },
      { value: "hours", count: 21 },
    ],
  },
];
