import { expect, it } from "vitest";
import { move, type Past } from "./useHistory.ts";

const start: Past<number> = { past: [], now: 0, future: [], key: "", at: 0 };
const set = (state: Past<number>, value: number, key = "", at = 0) =>
  move(state, { type: "set", value, key, at });

it("goes back and forth", () => {
  const two = set(set(start, 1), 2);
  const back = move(two, { type: "undo" });
  expect(back.now).toBe(1);
  expect(move(back, { type: "redo" }).now).toBe(2);
  expect(move(start, { type: "undo" })).toBe(start);
  expect(set(back, 9).future).toEqual([]);
});

it("takes typing in one field as one step", () => {
  const typed = set(set(set(start, 1, "rank", 0), 16, "rank", 100), 161, "rank", 300);
  expect(move(typed, { type: "undo" }).now).toBe(0);
  const later = set(typed, 5, "rank", 5000);
  expect(move(later, { type: "undo" }).now).toBe(161);
});
