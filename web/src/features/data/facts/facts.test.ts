import { describe, expect, it } from "vitest";
import { fieldsOf, glimpse } from "./columns.ts";
import { isUsable, readFilters, valuesOf, writeFilters } from "./filters.ts";
import { readLedger } from "./ledger.ts";
import { groupDatasets, proposeName } from "./names.ts";
import { exactPieces } from "./pieces.ts";
import { readReport, sortedReasons, usedColumns } from "./report.ts";
import { cellText, messagesOf } from "./rowText.ts";

describe("names", () => {
  it("come from the file, without folder and endings", () => {
    expect(proposeName("shop/Returns März 2025.jsonl.gz")).toBe("returns-marz-2025");
    expect(proposeName("questions.csv")).toBe("questions");
    expect(proposeName("…")).toBe("data");
  });
  it("stand together, newest version first", () => {
    const item = (name: string, version: number) => ({ name, version }) as never;
    const groups = groupDatasets([item("faq", 1), item("text", 1), item("faq", 2)]);
    expect(groups.map(({ name, versions }) => [name, versions.map((each) => each.version)])).toEqual([
      ["faq", [2, 1]],
      ["text", [1]],
    ]);
  });
});

describe("columns", () => {
  it("are the keys of the first object", () => {
    expect(glimpse('{"prompt": "a {b}", "answer": "\\"c\\""}\n{"x"', "a.jsonl").columns).toEqual([
      "prompt",
      "answer",
    ]);
    expect(glimpse('[\n {"q": {"deep": 1}, "a": 2}]', "a.json").columns).toEqual(["q", "a"]);
  });
  it("are the fields of the first line", () => {
    expect(glimpse("\uFEFFNo.;Question;Answer\n1;2;3", "a.csv")).toEqual({
      columns: ["No.", "Question", "Answer"],
      kind: "csv",
    });
    expect(fieldsOf("one column")).toEqual([]);
  });
  it("say nothing of what they do not know", () => {
    expect(glimpse("PAR1", "a.parquet").kind).toBe("unknown");
    expect(glimpse("{ broken", "a.jsonl").columns).toEqual([]);
  });
});

describe("ledger", () => {
  it("puts each loss after the stage that it left", () => {
    const told = readLedger({
      stages: [
        { name: "raw", rows: 5, losses: {} },
        { name: "read", rows: 3, losses: { broken: { rows: 2, tokens: 0 } } },
      ],
    });
    expect(told.losses).toEqual([{ afterStage: 0, label: "broken", value: 2, tone: "warning" }]);
    expect(readLedger({}).stages).toEqual([]);
  });
});

describe("filters", () => {
  it("survive the address", () => {
    const text = "level>=3\ntopic~library\nname=a=b";
    expect(writeFilters(readFilters(text))).toBe(text);
    expect(readFilters("nonsense")).toEqual([]);
    expect(writeFilters([])).toBeUndefined();
  });
  it("want a number where they compare", () => {
    expect(isUsable({ column: "level", operator: ">=", value: "x" })).toBe(false);
    expect(isUsable({ column: "level", operator: ">=", value: "3" })).toBe(true);
    expect(isUsable({ column: "since", operator: "<=", value: "2026-12-31" })).toBe(true);
    expect(isUsable({ column: "since", operator: "<=", value: "31.12.2026" })).toBe(false);
  });
  it("may ask for nothing, for others, and for one of several", () => {
    expect(readFilters("topic=\ntopic!=a\nq!~b\n_row=[3,7]").map(valuesOf)).toEqual([0, 0, 0, 2]);
    expect(isUsable({ column: "topic", operator: "!=", value: "" })).toBe(true);
    expect(isUsable({ column: "topic", operator: "~", value: "" })).toBe(false);
    expect(valuesOf({ column: "topic", operator: "=", value: "[not a list]" })).toBe(0);
  });
});

describe("rows", () => {
  it("are conversations by their mapping", () => {
    const row = { Q: "Why?", A: "So.", messages: [{ from: "human", value: "Hi" }] };
    expect(messagesOf(row, { kind: "prompt", prompt: "Q", completion: "A" })).toEqual([
      { role: "user", text: "Why?" },
      { role: "assistant", text: "So." },
    ]);
    expect(messagesOf(row, { kind: "chat", messages: "messages" })).toEqual([{ role: "human", text: "Hi" }]);
    expect(messagesOf(row, { kind: "text", text: "Q" })).toEqual([]);
    expect(messagesOf(row, { kind: "label", text: "Q", label: "A" })).toEqual([]);
  });
  it("tell better from worse answers, and what was thought of an answer", () => {
    const pair = { Q: "Why?", good: "So.", bad: [{ role: "assistant", content: "No." }], ok: false };
    expect(messagesOf(pair, { kind: "preference", prompt: "Q", chosen: "good", rejected: "bad" })).toEqual([
      { role: "user", text: "Why?" },
      { role: "chosen", text: "So." },
      { role: "rejected", text: "No." },
    ]);
    expect(
      messagesOf(pair, { kind: "preference", prompt: null, chosen: "good", rejected: "bad" }),
    ).toHaveLength(2);
    expect(
      messagesOf(pair, { kind: "feedback", prompt: "Q", completion: "good", verdict: "ok" }).at(-1),
    ).toEqual({
      role: "assistant, false",
      text: "So.",
    });
  });
  it("fit one line", () => {
    expect(cellText("a\n\n b")).toBe("a b");
    expect(cellText("x".repeat(200)).length).toBe(161);
    expect(cellText([1])).toBe("[1]");
  });
});

describe("report", () => {
  it("lives with missing parts", () => {
    expect(readReport({}).duplicates.rows).toBe(0);
    expect(usedColumns({ kind: "prompt", prompt: "Q", context: null })).toEqual([["prompt", "Q"]]);
    expect(sortedReasons({ a: 1, b: 3 })[0]).toEqual(["b", 3]);
  });
  it("lives with rows that were made, not read from a file", () => {
    expect(readReport({ files: [{ name: "flowroll", rows: 8000 }] }).files).toEqual([
      { name: "flowroll", rows: 8000, bytes: null, why: "", format: null },
    ]);
  });
});

it("a character of several tokens is shown once", () => {
  const token = (text: string, start: number, end: number) => ({ text, start, end, special: false });
  const pieces = exactPieces([token("“", 0, 1), token("“", 0, 1), token("M", 1, 2)]);
  expect(pieces.map(({ text }) => text)).toEqual(["“", "", "M"]);
});
