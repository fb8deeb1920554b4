import { expect, test } from "vitest";
import {
  columnsOf,
  columnsText,
  DEFAULT_COLUMNS,
  directionOf,
  durationOf,
  metricOf,
  sortKey,
} from "./columns.ts";
import { changedSince, diffOf } from "./compare/diff.ts";
import { filterLine, fitsView } from "./filters.ts";

test("the usual columns need no place in the address", () => {
  expect(columnsOf(undefined)).toEqual([...DEFAULT_COLUMNS]);
  expect(columnsText(columnsOf(undefined))).toBeUndefined();
  expect(columnsOf(columnsText(["state", "metrics.eval/bleu"]))).toEqual(["state", "metrics.eval/bleu"]);
});

test("a loss is told and sorted by its best value, a speed by its last", () => {
  const run = {
    metrics: {
      "val/loss": { last: 2, min: 1.5, max: 9 },
      "train/tokens_per_second": { last: 10, min: 1, max: 12 },
    },
  };
  expect(metricOf(run as never, "val/loss")).toBe(1.5);
  expect(metricOf(run as never, "train/tokens_per_second")).toBe(10);
  expect(metricOf(run as never, "gone")).toBeNull();
  expect(sortKey("metrics.val/loss")).toBe("metrics.val/loss.min");
  expect(sortKey("params.seed")).toBe("params.seed");
  expect([directionOf("val/loss"), directionOf("eval/bleu"), directionOf("train/epoch")]).toEqual([
    "lower",
    "higher",
    null,
  ]);
});

test("archived runs show only where they are asked for", () => {
  expect(filterLine("training", "")).toBe("archived=false");
  expect(filterLine("starred", " tag=x ")).toBe("starred=true archived=false tag=x");
  expect(filterLine("archived", "")).toBe("archived=true");
  expect(filterLine("all", "archived=true")).toBe("archived=true");
  expect(fitsView("training", { task: "import", state: "running" })).toBe(false);
  expect(fitsView("live", { task: "import", state: "paused" })).toBe(true);
});

test("a run that goes on lasts until now", () => {
  expect(durationOf({ started: 100, ended: 160 })).toBe(60);
  expect(durationOf({ started: 100, ended: null }, 130)).toBe(30);
  expect(durationOf({ started: null, ended: null })).toBeNull();
});

test("a diff of recipes hides what is equal and finds what only one has", () => {
  const rows = diffOf([
    { "optimizer.learning_rate": 1e-3, seed: 0, name: "a" },
    { "optimizer.learning_rate": 2e-3, seed: 0, "tuning.rank": 8, name: "b" },
  ]);
  expect(rows.filter((row) => !row.isEqual).map((row) => row.field)).toEqual([
    "optimizer.learning_rate",
    "tuning.rank",
  ]);
  expect(rows.find((row) => row.field === "tuning.rank")?.values).toEqual([undefined, 8]);
  expect(rows.find((row) => row.field === "seed")?.isEqual).toBe(true);
});

test("a difference has a direction only where one is better", () => {
  expect(changedSince(1.9, 2, "lower")).toEqual({ delta: expect.closeTo(-0.1), verdict: "better" });
  expect(changedSince(0.4, 0.5, "higher")?.verdict).toBe("worse");
  expect(changedSince(3, 2, null)?.verdict).toBe("neutral");
  expect(changedSince(2, 2, "lower")?.verdict).toBe("neutral");
  expect(changedSince(null, 2, "lower")).toBeNull();
});
