// Typed fakes of evaluations, for stories and tests alone.

import type { AnsweredRow, Evaluation, Model } from "../data/models.ts";

export function fakeEvaluation(changes: Partial<Evaluation> = {}): Evaluation {
  return {
    id: "eval-after",
    name: "evaluate faq",
    state: "completed",
    created: 1_795_637_348,
    model: "run-after@60",
    dataset: "faq@1",
    split: "test",
    rows: 8,
    metrics: {
      loss: 1.821,
      perplexity: 6.18,
      tokens: 398,
      exact_match: 0.5,
      exact_match_margin: 0.35,
      rouge_l: 0.62,
      rouge_l_margin: 0.2,
    },
    tables: {},
    ...changes,
  };
}

export const FAKE_BEFORE = fakeEvaluation({
  id: "eval-before",
  model: "run-before@400",
  created: 1_795_637_300,
  metrics: {
    loss: 4.402,
    perplexity: 81.6,
    tokens: 398,
    exact_match: 0.125,
    exact_match_margin: 0.25,
    rouge_l: 0.2,
  },
});
export const FAKE_AFTER = fakeEvaluation();

export function fakeModel(changes: Partial<Model> = {}): Model {
  return {
    reference: "run-after@60",
    name: "faq answers",
    kind: "run",
    run: "run-after",
    step: 60,
    task: "finetune",
    state: "completed",
    created: 1_795_637_212,
    meta: {},
    ...changes,
  };
}

export const FAKE_MODELS: Model[] = [
  fakeModel(),
  fakeModel({
    reference: "run-before@400",
    name: "first model",
    run: "run-before",
    step: 400,
    task: "pretrain",
  }),
];

export function fakeAnswer(row: number, answer: string, reference: string): AnsweredRow {
  const score = answer === reference ? 1 : 0;
  return {
    row,
    prompt: `Where is shelf ${row}?`,
    answer,
    reference,
    ended_by: score ? "end" : "length",
    scores: { exact_match: score, rouge_l: score || 0.25 },
  };
}

const WANTED = "On floor 2, left of the stairs.";
export const FAKE_ANSWERS: AnsweredRow[] = [
  fakeAnswer(1, WANTED, WANTED),
  fakeAnswer(2, "On floor 3.", WANTED),
  fakeAnswer(3, WANTED, WANTED),
  fakeAnswer(4, "left left left", WANTED),
];
export const FAKE_ANSWERS_BEFORE: AnsweredRow[] = [
  fakeAnswer(1, "emit x", WANTED),
  fakeAnswer(2, WANTED, WANTED),
  fakeAnswer(3, WANTED, WANTED),
  fakeAnswer(4, "emit turn", WANTED),
];

const cell = (accuracy: number, rows: number) => ({
  execution_accuracy: accuracy,
  execution_accuracy_low: Math.max(0, accuracy - 0.1),
  execution_accuracy_high: Math.min(1, accuracy + 0.1),
  exact_match: accuracy / 2,
  num_rows: rows,
  error_kinds: {},
});

export const FAKE_TABLES = {
  flowroll_execution: {
    ...cell(0.7, 400),
    error_kinds: { wrong_value: 80, not_parsed: 40 },
    levels: { "1": cell(0.92, 200), "2": cell(0.61, 200) },
    families: { build: cell(0.8, 200), fold: cell(0.6, 200) },
  },
};
