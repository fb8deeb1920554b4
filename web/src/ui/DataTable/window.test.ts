import { expect, test } from "vitest";
import { windowOf } from "./useRowWindow.ts";

test("the rows in view and ten around them", () => {
  expect(windowOf(0, 480, 32, 1000)).toEqual({ first: 0, end: 25 });
  expect(windowOf(3200, 480, 32, 1000)).toEqual({ first: 90, end: 125 });
  expect(windowOf(32_000 - 480, 480, 32, 1000)).toEqual({ first: 975, end: 1000 });
});

test("never beyond the rows, also where there are fewer than were in view", () => {
  expect(windowOf(32_000, 480, 32, 20)).toEqual({ first: 20, end: 20 });
  expect(windowOf(0, 480, 32, 0)).toEqual({ first: 0, end: 0 });
});
