import { describe, expect, it, test } from "vitest";
import type { Run } from "../../data/runs.ts";
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
import { distanceOf, sameButSeed } from "./compare/seeds.ts";
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

test("which way an objective's numbers should go", () => {
  const of = (...names: string[]) => names.map((name) => directionOf(`val/${name}`));
  expect(of("reward", "reward_margin", "chosen_reward", "log_odds", "verdict_accuracy")).toEqual(
    Array(5).fill("higher"),
  );
  expect(of("rejected_reward", "teacher_distance", "hidden_distance", "chosen_loss")).toEqual(
    Array(4).fill("lower"),
  );
  expect(of("drift", "answer_tokens", "mixed_groups")).toEqual([null, null, null]);
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

describe("seeds", () => {
  const run = (id: string, rate: number, seed: number) =>
    ({ id, task: "pretrain", params: { "optimizer.learning_rate": rate, seed, name: id } }) as never as Run;

  it("belong together where nothing else differs", () => {
    const runs = [run("a", 1, 0), run("b", 1, 1), run("c", 2, 0)];
    expect(sameButSeed(runs[0] as Run, runs).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("give the distance of means an interval, as R's t.test does", () => {
    const { delta, half } = distanceOf([2.1, 2.3, 2.2], [1.9, 1.8, 2.0]) ?? { delta: 0, half: 0 };
    expect(delta).toBeCloseTo(0.3, 6);
    expect(half).toBeCloseTo(0.2267, 3);
    const many = Array.from({ length: 20 }, (_, place) => place % 2);
    expect(distanceOf(many, many)?.half).toBeCloseTo(2.0244 * Math.sqrt((2 * 5) / 19 / 20), 3);
  });

  it("need two values on both sides", () => {
    expect(distanceOf([1], [1, 2])).toBeNull();
    expect(distanceOf([1, 1], [2, 2])).toEqual({ delta: -1, half: 0 });
  });
});
