// Typed fakes of versions, lineage, splits, the lab and the disk, for stories and tests alone.

import type { Binned, ChangedRow, Disk, LineageGraph, SplitPreview, VersionDiff } from "../data/history.ts";
import type { Candidates, Comparison } from "../data/looking/lab.ts";

export const FAKE_SPLIT_PREVIEW: SplitPreview = {
  splits: { train: 98, validation: 12, test: 12 },
  rows: 122,
  moved: 17,
  column: "Topic",
  values: [
    { value: "opening hours", train: 40, validation: 5, test: 5 },
    { value: "lending", train: 36, validation: 4, test: 4 },
    { value: "fees", train: 22, validation: 3, test: 3 },
  ],
  num_values: 3,
  copies_across: 0,
  notes: [],
  examples: {
    train: [
      { row: 1, text: "When do you open?\nAt nine on weekdays, at ten on Saturdays." },
      { row: 4, text: "Where is shelf 4?\nOn the second floor." },
    ],
    validation: [{ row: 9, text: "Can I bring my dog?\nGuide dogs are welcome." }],
    test: [],
  },
};

const changed = (row: number, before: string, after: string): ChangedRow => ({
  row,
  row_after: row,
  split: "train",
  split_after: "train",
  before: { _row: row, _split: "train", Question: `Where is shelf ${row}?`, Answer: before },
  after: { _row: row, _split: "train", Question: `Where is shelf ${row}?`, Answer: after },
});

export const FAKE_DIFF: VersionDiff = {
  older: { id: "faq1", name: "faq", version: 1 },
  newer: { id: "faq2", name: "faq", version: 2 },
  key: "_row",
  counts: { added: 18, removed: 4, changed: 2, moved: 0, same: 116 },
  columns_added: ["quality"],
  columns_removed: [],
  splits: {
    older: { train: 101, validation: 13, test: 8 },
    newer: { train: 112, validation: 14, test: 10 },
  },
  rows: { older: 122, newer: 136 },
  steps: [{ kind: "unicode" }, { kind: "duplicates" }],
  items: [
    changed(3, "On the  secondfloor, left of the stairs.", "On the second floor, left of the stairs."),
    changed(8, "Ask anna@example.org.", "Ask [EMAIL]."),
  ],
  next_cursor: "",
};

export const FAKE_LINEAGE: LineageGraph = {
  focus: "dataset:faq2",
  nodes: [
    {
      key: "dataset:faq2",
      kind: "dataset",
      id: "faq2",
      name: "faq@2",
      detail: "136 rows",
      created: "2026-11-26",
    },
    {
      key: "dataset:faq1",
      kind: "dataset",
      id: "faq1",
      name: "faq@1",
      detail: "122 rows",
      created: "2026-11-25",
    },
    {
      key: "tokenizer:words",
      kind: "tokenizer",
      id: "words",
      name: "words@1",
      detail: "512 tokens",
      created: "2026-11-26",
    },
    {
      key: "run:r1",
      kind: "run",
      id: "r1",
      name: "answers",
      detail: "finetune, completed",
      created: "2026-11-26",
    },
    { key: "model:m1", kind: "model", id: "m1", name: "helpdesk@1", detail: "r1@80", created: "2026-11-26" },
  ],
  edges: [
    { from: "dataset:faq1", to: "dataset:faq2" },
    { from: "dataset:faq2", to: "tokenizer:words" },
    { from: "dataset:faq2", to: "run:r1" },
    { from: "tokenizer:words", to: "run:r1" },
    { from: "run:r1", to: "model:m1" },
  ],
  left_out: 0,
};

const fitOf = (name: string, tokens: number, vocab_size: number) => ({
  name,
  vocab_size,
  texts: 400,
  characters: 40_000,
  bytes: 40_220,
  words: 7_000,
  tokens,
  tokens_per_word: tokens / 7_000,
  characters_per_token: 40_000 / tokens,
  bytes_per_token: 40_220 / tokens,
  unknown_rate: 0,
  vocabulary_used: Math.round(vocab_size * 0.6),
  whole_words: 0.71,
  embedding_parameters: vocab_size * 768,
  cut_most: [
    { word: "electrocardiogram", count: 120, tokens: 6, pieces: [" e", "lect", "ro", "card", "io", "gram"] },
    { word: "tachycardia", count: 88, tokens: 4, pieces: [" t", "achy", "card", "ia"] },
  ],
});

export const FAKE_COMPARISON: Comparison = {
  first: fitOf("general@1", 16_000, 8192),
  second: fitOf("clinic@1", 11_200, 4096),
  hidden_size: 768,
  length: 0.7,
  differences: [
    {
      text: "The electrocardiogram shows tachycardia.",
      first: ["The", " e", "lect", "ro", "card", "io", "gram", " shows", " t", "achy", "card", "ia", "."],
      second: ["The", " electrocardiogram", " shows", " tachycardia", "."],
    },
  ],
};

export const FAKE_CANDIDATES: Candidates = {
  candidates: [
    {
      text: " electrocardiogram",
      count: 120,
      pieces: [" e", "lect", "ro", "card", "io", "gram"],
      saved: 600,
    },
    { text: " tachycardia", count: 88, pieces: [" t", "achy", "card", "ia"], saved: 264 },
  ],
  tokens_before: 16_000,
  tokens_after: 15_136,
  new_tokens: 8,
};

const GB = 1e9;
const area = (name: string, bytes: number, items: [string, number][]) => ({
  name,
  bytes,
  count: items.length,
  items: items.map(([item, size]) => ({ id: item, name: item, bytes: size })),
});

export const FAKE_DISK: Disk = {
  areas: [
    area("datasets", 1.2 * GB, [
      ["stories@1", 0.9 * GB],
      ["faq@2", 0.3 * GB],
    ]),
    area("tokenizers", 0.01 * GB, [["words@1", 0.01 * GB]]),
    area("tokens", 2.4 * GB, [["4kq1", 2.4 * GB]]),
    area("uploads", 1.1 * GB, [["ab12cd34", 1.1 * GB]]),
    area("runs", 6.8 * GB, [
      ["answers", 4.2 * GB],
      ["stories", 2.6 * GB],
    ]),
    area("models", 0.9 * GB, [["helpdesk@1", 0.9 * GB]]),
    area("exports", 0, []),
    area("cache", 0.02 * GB, [["probes", 0.02 * GB]]),
  ],
  bytes: 12.43 * GB,
  free: 88 * GB,
  quota: 20 * GB,
  cleanable: [
    {
      kind: "tokens",
      bytes: 2.4 * GB,
      cost: "Prepared tokens: made again when a run needs them.",
      held_by: "",
    },
    {
      kind: "uploads",
      bytes: 1.1 * GB,
      cost: "Uploaded files whose dataset is made: importing them once more would need the file again.",
      held_by: "",
    },
    { kind: "cache", bytes: 0.02 * GB, cost: "Everything else that is kept only to be quick.", held_by: "" },
    {
      kind: "leftovers",
      bytes: 0,
      cost: "What killed processes left behind more than an hour ago.",
      held_by: "",
    },
  ],
};

const DELETED = 1.79e9;
const binned = (
  id: string,
  kind: Binned["kind"],
  reference: string,
  name: string,
  bytes: number,
): Binned => ({
  id,
  kind,
  reference,
  name,
  bytes,
  deleted: DELETED,
  kept_until: DELETED + 30 * 86_400,
});

export const FAKE_BIN: Binned[] = [
  binned("b1", "run", "1m8answers", "answers", 4.2 * GB),
  binned("b2", "dataset", "faq@1", "faq@1", 0.3 * GB),
];
