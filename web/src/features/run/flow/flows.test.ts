import { expect, it } from "vitest";
import { fakeFlow } from "../../../testing/insight.ts";
import { binRowsOf, binWords, flagGroups, lineOf, matrixOf, metricOf } from "./flows.ts";

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

it("tells the same of several layers once, with the worst of them", () => {
  const flag = (
    layer: string,
    kind: string,
    is_now: boolean,
    value: number | null,
    limit: number | null,
  ) => ({
    layer,
    kind,
    is_now,
    value,
    limit,
    first_step: value === 3 ? 2 : 1,
    last_step: value === 3 ? 9 : 4,
    records: 1,
  });
  const groups = flagGroups([
    flag("embedding", "exploding", true, 2, 1),
    flag("layer 0", "exploding", true, 3, 1),
    flag("head", "exploding", false, null, null),
    flag("layer 1", "vanishing", true, 1e-6, 1e-5),
    flag("layer 2", "vanishing", true, 1e-7, 1e-5),
  ]);
  expect(groups).toEqual([
    {
      kind: "exploding",
      layers: ["embedding", "layer 0"],
      is_now: true,
      first_step: 1,
      last_step: 9,
      value: 3,
      limit: 1,
    },
    {
      kind: "exploding",
      layers: ["head"],
      is_now: false,
      first_step: 1,
      last_step: 4,
      value: null,
      limit: null,
    },
    {
      kind: "vanishing",
      layers: ["layer 1", "layer 2"],
      is_now: true,
      first_step: 1,
      last_step: 4,
      value: 1e-7,
      limit: 1e-5,
    },
  ]);
});
