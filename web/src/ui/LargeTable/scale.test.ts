import { expect, test } from "vitest";
import { follow, MAX_TRACK, scaleOf, toFull, toTrack } from "./scale.ts";

const million = scaleOf(1_000_000, 32, 400);

test("the track stays below what a browser can draw, and its end is the last row", () => {
  expect(million.track).toBe(MAX_TRACK);
  expect(toFull(million.track - 400, million)).toBe(32_000_000 - 400);
  expect(toTrack(32_000_000 - 400, million)).toBe(million.track - 400);
});

test("a small table is scrolled as it is", () => {
  const small = scaleOf(100, 32, 400);
  expect(small.track).toBe(3200);
  expect(toFull(777, small)).toBe(777);
  expect(toFull(5, scaleOf(3, 32, 400))).toBe(0);
});

test("small moves are pixels, large ones a share", () => {
  expect(follow(1000, 250, 350, million)).toBe(1100);
  expect(follow(1000, 250, million.track / 2, million)).toBeCloseTo(toFull(million.track / 2, million));
  expect(follow(1000, 250, 0, million)).toBe(0);
});
