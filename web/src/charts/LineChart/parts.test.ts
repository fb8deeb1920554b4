import { expect, it } from "vitest";
import type { LineSeries } from "../types.ts";
import { keyAct, zoomed } from "./keyboard.ts";
import { groupMarkers } from "./lanes/group.ts";
import { bestIndex, buildLines, yExtent } from "./plot/model.ts";
import { readings, summarise } from "./summary.ts";

const series: LineSeries[] = [
  { id: "t", label: "train", x: Float64Array.of(0, 1000, 9412), y: Float64Array.of(4, 1.83, 1.842) },
  {
    id: "v",
    label: "validation",
    isValidation: true,
    x: Float64Array.of(0, 9000),
    y: Float64Array.of(4.1, 1.918),
  },
];
const t = (key: string, values: Record<string, unknown> = {}) =>
  key.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
const none = new Set<string>();

it("names what a key does", () => {
  const press = (key: string, shiftKey = false) => keyAct({ key, shiftKey }, 600);
  expect(press("ArrowLeft", true)).toEqual({ act: "move", by: -60 });
  expect(press("+")).toEqual({ act: "zoom", factor: 0.5 });
  expect(press("m")).toEqual({ act: "markers" });
  expect(keyAct({ key: "m", shiftKey: false, ctrlKey: true }, 5)).toBeNull();
});

it("zooms around the cursor and stays inside", () => {
  expect(zoomed([0, 100], [0, 100], 90, 0.5)).toEqual([45, 95]);
  expect(zoomed([45, 95], [0, 100], 90, 2)).toBeNull();
  expect(zoomed([0, 100], [0, 100], 0, 0.5)).toEqual([0, 50]);
});

it("merges markers closer than a target", () => {
  const at = (id: string, x: number) => ({ id, x, kind: "checkpoint" as const, label: id });
  const groups = groupMarkers([at("a", 0), at("b", 20), at("c", 60), at("off", 500)], (x) => x, 100);
  expect(groups.map((group) => group.members.length)).toEqual([2, 1]);
  expect(groups[0]?.left).toBe(10);
});

it("draws a lone line solid, several dashed, validation as thread 4", () => {
  expect(buildLines(series.slice(0, 1), 0, none)[0]?.isSolid).toBe(true);
  const lines = buildLines(series, 0.6, none);
  expect(lines.map((line) => [line.isSolid, line.thread.color])).toEqual([
    [false, 1],
    [false, 4],
  ]);
  expect(lines[0]?.raw).toBe(series[0]?.y);
  expect(lines[1]?.raw).toBeUndefined();
});

it("takes the extent of what is seen, on a log axis in decades", () => {
  const lines = buildLines(
    [{ id: "a", label: "a", x: Float64Array.of(0, 1), y: Float64Array.of(0, 100) }],
    0,
    none,
  );
  const [from, to] = yExtent(lines, 0, 1, { yLog: true, clipOutliers: false });
  expect(from).toBeLessThan(2);
  expect(to).toBeGreaterThan(2);
  expect(bestIndex(Float64Array.of(Number.NaN, 3, 2), "min")).toBe(2);
});

it("reads the cursor by value, with the difference to the baseline", () => {
  const found = readings(buildLines(series, 0, none), 9412, "v");
  expect(found.map((each) => each.line.id)).toEqual(["v", "t"]);
  expect(found[1]?.delta).toBeCloseTo(-0.076, 9);
});

it("is one sentence", () => {
  const words = summarise(t, "Loss", { kind: "step", label: "step" }, buildLines(series, 0, none), "min");
  expect(words).toBe(
    "Loss over 9,412 steps. Latest: train 1.842, validation 1.918; lowest 1.830 at step 1,000",
  );
});
