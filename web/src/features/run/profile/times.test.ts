import { expect, it } from "vitest";
import type { Curve } from "../../../data/live/curve.ts";
import { memoryLines, shortTime, timeColumns } from "./times.ts";

const curve = (key: string, x: number[], y: number[]): [string, Curve] => [
  key,
  { run: "r", key, x: Float64Array.from(x), y: Float64Array.from(y), isExact: true },
];

it("means over the rows of a column; what a row does not tell took no time", () => {
  const curves = new Map([
    curve("time/backward", [1, 2, 3, 4], [2, 4, 6, Number.NaN]),
    curve("time/forward", [1, 2, 3, 4], [1, 1, 3, 3]),
    curve("time/flow", [4], [8]),
    curve("time/evaluation", [4], [9]),
  ]);
  expect(timeColumns(curves, 2)).toEqual({
    steps: [1, 3],
    parts: [
      { id: "forward", heat: 4, values: [1, 3] },
      { id: "backward", heat: 6, values: [3, 3] },
      { id: "flow", heat: 7, values: [0, 4] },
    ],
  });
  expect(timeColumns(curves, 40).steps).toEqual([1, 2, 3, 4]);
  expect(timeColumns(new Map(), 40)).toEqual({ steps: [], parts: [] });
});

it("leaves out columns without a row", () => {
  const curves = new Map([curve("time/forward", [1, 2, 100], [1, 2, 3])]);
  expect(timeColumns(curves, 3)).toMatchObject({ steps: [1, 68], parts: [{ values: [1.5, 3] }] });
});

it("draws memory from the start of the run", () => {
  const lines = memoryLines(
    [
      { type: "state", time: 100, state: "starting" },
      { type: "system", time: 105, memory_bytes: 2e6, gpus: [{ memory_bytes: 5e6 }] },
      { type: "system", time: 110, memory_bytes: 3e6, gpus: [] },
    ],
    { process: "Process", gpu: (number) => `GPU ${number}` },
  );
  expect(lines.map(({ label, x, y }) => [label, [...x], [...y]])).toEqual([
    ["Process", [5, 10], [2, 3]],
    ["GPU 0", [5, 10], [5, Number.NaN]],
  ]);
  expect(memoryLines([], { process: "Process", gpu: String })).toEqual([]);
});

it("writes times short", () => {
  expect([0, 0.00012, 0.0456, 0.3, 2.345, 61.2, Number.NaN].map(shortTime)).toEqual([
    "0 ms",
    "0.12 ms",
    "45.6 ms",
    "300 ms",
    "2.35 s",
    "61.2 s",
    "—",
  ]);
});
