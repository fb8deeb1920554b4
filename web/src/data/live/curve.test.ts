import { expect, test } from "vitest";
import { curveOf, extended } from "./curve.ts";

const exact = curveOf({ run: "r", key: "loss", exact: true, x: [1, 2], value: [3, null] });

test("what is no number is a gap", () => {
  expect([...exact.y]).toEqual([3, Number.NaN]);
  expect(exact.min).toBeUndefined();
});

test("live points come after the last known one, and none comes twice", () => {
  const longer = extended(exact, [2, 3, 4], [9, 1.5, 1.25]);
  expect([...longer.x]).toEqual([1, 2, 3, 4]);
  expect([...longer.y]).toEqual([3, Number.NaN, 1.5, 1.25]);
  expect(extended(longer, [3, 4], [0, 0])).toBe(longer);
});

test("buckets keep their extremes when points follow", () => {
  const bucketed = curveOf({
    run: "r",
    key: "loss",
    exact: false,
    x: [10, 20],
    mean: [2, 1],
    min: [1, 0.5],
    max: [8, 2],
  });
  const longer = extended(bucketed, [21], [0.9]);
  expect([...(longer.max ?? [])]).toEqual([8, 2, 0.9]);
  expect([...(longer.min ?? [])]).toEqual([1, 0.5, 0.9]);
});
