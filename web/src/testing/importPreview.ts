// A look into a file before its import, as the server gives it, for stories and tests alone.

import type { ImportPreview, PreviewRow } from "../data/datasets.ts";
import { fakeRendered } from "./data.ts";

export function fakePreviewRow(row: number, changes: Partial<PreviewRow> = {}): PreviewRow {
  const { tokens, trained } = fakeRendered(row);
  const question = `Where is shelf ${row}?`;
  const answer = "It stands on floor 2, left of the stairs.";
  return {
    row,
    file: "questions.csv",
    line: row + 1,
    place: "",
    cells: { "No.": String(row), Question: question, Answer: answer, Topic: "shelves" },
    raw: "",
    reason: "",
    fix: "",
    read: {
      text: null,
      messages: [
        { role: "user", content: question },
        { role: "assistant", content: answer },
      ],
      rejected: null,
      verdict: null,
      label: null,
    },
    tokens,
    trained,
    ...changes,
  };
}

const bad = (row: number, reason: string, fix: string, raw: string): PreviewRow =>
  fakePreviewRow(row, { reason, fix, raw, cells: {}, read: null, tokens: [], trained: 0 });

export const FAKE_IMPORT_PREVIEW: ImportPreview = {
  format: { kind: "csv", delimiter: ";", quote: '"', header: true, encoding: "utf-8" },
  why: "its lines are fields between semicolons",
  packing: "",
  files: ["questions.csv"],
  num_files: 1,
  skipped: [],
  columns: ["No.", "Question", "Answer", "Topic"].map((name) => ({
    name,
    holds: name === "No." ? "whole numbers" : "text",
    type: name === "No." ? "integer" : "text",
    why: "",
  })),
  mapping: { kind: "prompt", prompt: "Question", completion: "Answer", context: null, system: null },
  mapping_reason: "the columns “Question” and “Answer” are named like a prompt and its answer",
  problem: null,
  looked: 127,
  num_bad: 2,
  rows: [1, 2, 3, 4].map((row) => fakePreviewRow(row)),
  bad: [
    bad(
      28,
      "it has 7 fields instead of 5",
      "Give the row as many fields as the header has; put fields that hold the delimiter into quotes.",
      "122;Is the café open?;Yes;every day",
    ),
    bad(63, "the answer is empty", "Fill it in or delete the row.", '{"No.": "121", "Answer": ""}'),
  ],
  notes: [],
  template: "marks",
};
