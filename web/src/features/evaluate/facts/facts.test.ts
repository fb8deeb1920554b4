import { describe, expect, it } from "vitest";
import type { AnsweredRow } from "../../../data/models.ts";
import { countChanges, filterPairs, judgeOf, pairsOf, verdictOf } from "./answers.ts";
import { metricKinds } from "./metrics.ts";
import { bestOf, boardsOf, intervalOf, metricNames } from "./scores.ts";
import { groupTables } from "./tables.ts";

const row = (number: number, answer: string, score: number): AnsweredRow => ({
  row: number,
  prompt: `question ${number}`,
  answer,
  reference: "yes",
  ended_by: "end",
  scores: { exact_match: score },
});

describe("scores", () => {
  it("leave intervals beside their value", () => {
    const metrics = { loss: 1, exact_match: 0.5, exact_match_margin: 0.6 };
    expect(metricNames([{ metrics }])).toEqual(["loss", "exact_match"]);
    expect(intervalOf(metrics, "exact_match")).toEqual([0, 1]);
    expect(intervalOf(metrics, "loss")).toBeNull();
    expect(intervalOf({ a: 0.5, a_low: 0.4, a_high: 0.7 }, "a")).toEqual([0.4, 0.7]);
  });
  it("know which way is better, and when nothing is compared", () => {
    expect(bestOf([3, 2, null], "lower")).toBe(2);
    expect(bestOf([3, 3], "higher")).toBeNull();
    expect(bestOf([3], "higher")).toBeNull();
  });
  it("stand together by dataset and split", () => {
    const one = (id: string, created: number, split: string) =>
      ({ id, created, split, dataset: "faq@1", metrics: { tokens: 3, loss: 1 } }) as never;
    const boards = boardsOf([one("a", 1, "test"), one("b", 3, "validation"), one("c", 2, "test")]);
    expect(boards.map(({ split, evaluations }) => [split, evaluations.map(({ id }) => id)])).toEqual([
      ["validation", ["b"]],
      ["test", ["c", "a"]],
    ]);
    expect(boards[0]?.metrics).toEqual(["loss"]);
  });
});

describe("answers", () => {
  const now = [row(1, "yes", 1), row(2, "no", 0), row(3, "yes", 1), row(4, "maybe", 0)];
  const before = [row(1, "no", 0), row(2, "yes", 1), row(3, "yes", 1), row(4, "no", 0)];
  const judge = judgeOf(now);
  const pairs = pairsOf(now, before, judge);
  it("are right, wrong or unknown", () => {
    expect(judge).toBe("exact_match");
    expect(verdictOf({ ...row(1, "", 1), scores: {} }, judge)).toBe("unknown");
    expect(judgeOf([{ ...row(1, "", 1), scores: { rouge_l: 0.2, flowroll_execution: 1 } }])).toBe(
      "flowroll_execution",
    );
  });
  it("say first what broke and what was fixed", () => {
    expect(pairs.map(({ row: number, change }) => [number, change])).toEqual([
      [2, "broken"],
      [1, "fixed"],
      [4, "changed"],
      [3, "same"],
    ]);
    expect(countChanges(pairs)).toEqual({ broken: 1, fixed: 1, changed: 1, same: 1 });
  });
  it("are filtered, searched and sorted", () => {
    const filter = { verdict: "", change: "", search: "", sort: "" };
    const shown = (changes: object) =>
      filterPairs(pairs, { ...filter, ...changes }, judge).map((each) => each.row);
    expect(shown({ verdict: "right" })).toEqual([1, 3]);
    expect(shown({ change: "broken" })).toEqual([2]);
    expect(shown({ search: "MAYBE" })).toEqual([4]);
    expect(shown({ sort: "exact_match ascending" })).toEqual([2, 4, 1, 3]);
    expect(shown({ sort: "row descending" })).toEqual([4, 3, 2, 1]);
  });
});

it("tables are flat groups", () => {
  const tables = groupTables({
    flowroll_execution: {
      execution_accuracy: 0.5,
      levels: { "1": { execution_accuracy: 0.5, execution_accuracy_low: 0.2, num_rows: 4, error_kinds: {} } },
      error_kinds: { wrong_value: 2 },
    },
  });
  expect(tables.map(({ title, columns, rows }) => [title, columns, rows.length])).toEqual([
    ["Levels", ["execution_accuracy", "num_rows"], 1],
    ["Error kinds", ["count"], 1],
  ]);
});

it("metrics come from the schema", () => {
  const schema = {
    $defs: {
      EvaluateSpec: { properties: { metrics: { items: { oneOf: [{ $ref: "#/$defs/Bleu" }] } } } },
      Bleu: { description: "Corpus BLEU", properties: { kind: { const: "bleu" } } },
    },
  };
  expect(metricKinds(schema)).toEqual([{ kind: "bleu", description: "Corpus BLEU" }]);
  expect(metricKinds(undefined)).toEqual([]);
});
