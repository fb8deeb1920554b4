// Typed fakes of datasets and tokenizers, for stories and tests alone. Shapes as the server gives them.

import type { Schemas } from "../data/client.ts";
import type { DatasetDetail, DatasetItem, DatasetStats, Rendered, TokenizerItem } from "../data/datasets.ts";

export { FAKE_SCHEMA } from "./dataSchema.ts";

export function fakeDataset(changes: Partial<DatasetItem> = {}): DatasetItem {
  const name = changes.name ?? "faq";
  const version = changes.version ?? 1;
  return {
    id: `${name}${version}`,
    name,
    version,
    created: "2026-11-25T08:06:50+00:00",
    shape: "prompt",
    rows: 122,
    splits: { train: 101, validation: 13, test: 8 },
    quarantined: 5,
    columns: ["No.", "Question", "Answer", "Topic"],
    ...changes,
  };
}

export const FAKE_DATASETS: DatasetItem[] = [
  fakeDataset({ version: 2, rows: 140 }),
  fakeDataset(),
  fakeDataset({
    name: "stories",
    shape: "text",
    rows: 8000,
    quarantined: 0,
    splits: { train: 7831, validation: 169 },
    columns: ["text"],
    created: "2026-11-24T19:42:08+00:00",
  }),
];

export const FAKE_LEDGER = {
  stages: [
    { name: "raw", rows: 127, tokens: null, sequences: null, losses: {} },
    {
      name: "read",
      rows: 125,
      tokens: null,
      sequences: null,
      losses: { "it has … fields instead of …": { rows: 2, tokens: 0 } },
    },
    {
      name: "mapped",
      rows: 122,
      tokens: null,
      sequences: null,
      losses: {
        "the answer is empty": { rows: 2, tokens: 0 },
        "the prompt is empty": { rows: 1, tokens: 0 },
      },
    },
  ],
};

export const FAKE_MAPPING = {
  kind: "prompt",
  prompt: "Question",
  completion: "Answer",
  context: null,
  system: null,
};

export const FAKE_DETAIL: DatasetDetail = {
  ...fakeDataset(),
  ledger: FAKE_LEDGER,
  meta: { mapping: FAKE_MAPPING, source: { kind: "file", label: "questions.csv", files: 1 } },
};

export const FAKE_BAD = [
  {
    file: "questions.csv",
    line: 29,
    row: 28,
    reason: "it has 7 fields instead of 5",
    raw: "122;Is the café open?;Yes;every day",
  },
  {
    file: "questions.csv",
    line: 66,
    row: 63,
    reason: "it has 2 fields instead of 5",
    raw: "124;Can I call?",
  },
  {
    file: "questions.csv",
    line: null,
    row: 14,
    reason: "the answer is empty",
    raw: '{"No.": "121", "Answer": ""}',
  },
];

export const FAKE_REPORT = {
  name: "faq",
  shape: "prompt",
  mapping: FAKE_MAPPING,
  mapping_reason: "it was named",
  rows: { raw: 127, good: 122, bad: 5 },
  splits: { train: 101, validation: 13, test: 8 },
  columns: { Question: "text", Answer: "text" },
  reasons: { "it has … fields instead of …": 2, "the answer is empty": 2, "the prompt is empty": 1 },
  first_bad: FAKE_BAD,
  duplicates: { rows: 2, contents: 2 },
  files: [
    {
      name: "questions.csv",
      bytes: 14968,
      why: "its lines are fields between semicolons",
      rows: 127,
      format: { kind: "csv" },
    },
  ],
  skipped_files: [],
  num_skipped_files: 0,
  notes: [],
};

export function fakeRows(from: number, count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, place) => {
    const number = from + place + 1;
    return {
      "No.": String(number),
      Question: `Where is shelf ${number}?`,
      Answer: `Shelf ${number} stands on floor ${1 + (number % 4)}, left of the stairs.`,
      Topic: "shelves",
      _row: number,
      _split: number % 9 === 0 ? "validation" : "train",
    };
  });
}

/** Cuts a text into words, as a tokenizer of words would. */
function pieces(text: string, from: number, trained: boolean): Rendered["tokens"] {
  let at = from;
  return (text.match(/\s*\S+/g) ?? []).map((piece, place) => {
    const start = at;
    at += piece.length;
    return { id: 100 + place + piece.length, text: piece, start, end: at, special: false, trained };
  });
}

const marker = (text: string, start: number, trained: boolean): Rendered["tokens"][number] => ({
  id: text.length,
  text,
  start,
  end: start + text.length,
  special: true,
  trained,
});

export function fakeRendered(row = 1): Rendered {
  const tokens = [
    marker("<|task|>", 0, false),
    ...pieces(`Where is shelf ${row}?`, 8, false),
    marker("<|flow|>", 30, false),
    ...pieces("It stands on floor 2, left of the stairs.", 38, true),
    marker("<|end|>", 80, true),
  ];
  return { row, template: "marks", tokens, trained: tokens.filter(({ trained }) => trained).length };
}

export const FAKE_STATS: DatasetStats = {
  rows: 122,
  characters: 11755,
  characters_per_row: {
    p0: 43,
    p5: 66,
    p25: 87.25,
    p50: 97,
    p75: 108,
    p95: 118,
    p99: 132.4,
    p100: 137,
    mean: 96.35,
  },
  splits: { train: 101, validation: 13, test: 8 },
  tokens: {
    sampled_rows: 122,
    template: "of words",
    total_estimate: 7843,
    per_row: { p0: 33, p5: 46, p25: 59, p50: 65, p75: 71, p95: 81, p99: 85.2, p100: 89, mean: 64.29 },
    characters_per_token: 1.499,
    vocabulary_used: 0.3945,
    unknown_rate: 0,
    lost_by_truncation: { "64": 0.128, "128": 0, "256": 0 },
    lost_by_padding: { "64": 0.09, "128": 0.498, "256": 0.749 },
  },
};

export const FAKE_TOKENIZER: TokenizerItem = {
  id: "tok1",
  name: "words",
  version: 1,
  created: "2026-11-25T08:00:00+00:00",
  vocab_size: 512,
  meta: { spec: { kind: "bpe", template: "marks" }, trained_on: { texts: 7831, characters: 459414 } },
};

export const FAKE_PREVIEW: Schemas["Preview"] = {
  text: "Where is shelf 7?",
  tokens: pieces("Where is shelf 7?", 0, false).map(({ trained: _, ...token }) => token),
};

export const page = <T>(items: readonly T[], next_cursor = "", total: number | null = items.length) => ({
  items,
  next_cursor,
  total,
});

/** A refusal as the server writes it. */
export const problem = (status: number, detail: string, hint: string): Schemas["Problem"] => ({
  type: "about:blank",
  title: "Refused",
  status,
  detail,
  code: "data",
  hint,
  errors: [],
  details: {},
  request_id: "1m8a5ynm",
});
