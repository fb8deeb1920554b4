import { expect, test } from "vitest";
import { isInside, type Place } from "./inside.ts";

const SQUARE: Place[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]; // prettier-ignore
const BOW: Place[] = [
  [0, 0],
  [1, 0.5],
  [0, 1],
  [0.4, 0.5],
]; // prettier-ignore

test("a place within a line is inside, one beside it is not", () => {
  expect(isInside(SQUARE, 0.5, 0.5)).toBe(true);
  expect(isInside(SQUARE, 1.1, 0.5)).toBe(false);
  expect(isInside(SQUARE, 0.5, -0.1)).toBe(false);
});

test("a dent is outside", () => {
  expect(isInside(BOW, 0.2, 0.5)).toBe(false);
  expect(isInside(BOW, 0.6, 0.5)).toBe(true);
  expect(isInside([], 0, 0)).toBe(false);
});
