import { expect, it } from "vitest";
import { fakeFlow } from "../../../testing/insight.ts";
import { binRowsOf, binWords, lineOf, matrixOf, metricOf } from "./flows.ts";

it("lays values out layer after layer; what is no number is NaN", () => {
  const flow = fakeFlow({ layers: 2, steps: 3 });
  flow.values.grad_norm = [
    [1, null, 3],
    [4, 5, 6],
  ];
  expect([...matrixOf(flow, "grad_norm")]).toEqual([1, Number.NaN, 3, 4, 5, 6]);
  expect([...matrixOf({ ...flow, values: {} }, "grad_norm")]).toEqual(Array(6).fill(Number.NaN));
  const line = lineOf(flow, flow.layers[0] ?? "", "grad_norm", "Gradient norm");
  expect([...line.x]).toEqual(flow.steps);
  expect([...line.y]).toEqual([1, Number.NaN, 3]);
  expect([...lineOf(flow, "gone", "grad_norm", "").y]).toEqual(Array(3).fill(Number.NaN));
});

it("shows bins as far as anything fell, the largest first", () => {
  const flow = fakeFlow({ layers: 2, steps: 2 });
  const bins = (filled: Record<number, number>) => Array.from({ length: 41 }, (_, at) => filled[at] ?? 0);
  flow.histograms = { gradients: [bins({ 18: 0.25, 20: 0.5 }), bins({ 21: 1 })], weights: [null, null] };
  const rows = binRowsOf(flow, "gradients");
  expect(rows.bins).toEqual([21, 20, 19, 18]);
  expect([...rows.values]).toEqual([
    Number.NaN,
    1,
    0.5,
    Number.NaN,
    Number.NaN,
    Number.NaN,
    0.25,
    Number.NaN,
  ]);
  expect(binRowsOf(flow, "weights").rows).toBe(0);
  expect(binRowsOf(flow, "activations")).toMatchObject({ rows: 0, columns: 0 });
});

it("says what a bin holds", () => {
  const flow = fakeFlow({ layers: 2, steps: 2 });
  expect(binWords(flow, 20)).toEqual({ from: -1e-8, to: 1e-8, isZero: true });
  const positive = binWords(flow, 22);
  expect(positive.from).toBeCloseTo(10 ** -7.5, 12);
  expect(positive.to).toBeCloseTo(1e-7, 12);
  expect(binWords(flow, 18)).toEqual({ from: -positive.to, to: -positive.from, isZero: false });
  expect(binWords(flow, 40).to).toBe(Number.POSITIVE_INFINITY);
});

it("takes the gradient norm for a metric that there is not", () => {
  expect(metricOf("update_ratio")).toBe("update_ratio");
  expect(metricOf("nonsense")).toBe("grad_norm");
  expect(metricOf(undefined)).toBe("grad_norm");
});
