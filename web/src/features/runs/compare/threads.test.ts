import { expect, test } from "vitest";
import { threadOf } from "../../../ui/thread.ts";
import { threadsOf } from "./threads.ts";

test("runs keep their own thread, and those without one get threads that no other has", () => {
  const runs = [
    { id: "a", ordinal: null },
    { id: "b", ordinal: 0 },
    { id: "c", ordinal: null },
    { id: "d", ordinal: 9 },
  ];
  const threads = threadsOf(runs);
  expect(threads("b")).toEqual(threadOf(0));
  expect(threads("d")).toEqual(threadOf(9));
  expect(new Set(runs.map((run) => threads(run.id).color)).size).toBe(4);
});

test("more runs than colours still differ by their dash", () => {
  const runs = Array.from({ length: 20 }, (_, n) => ({ id: String(n), ordinal: null }));
  const threads = threadsOf(runs);
  expect(new Set(runs.map((run) => JSON.stringify(threads(run.id)))).size).toBe(20);
});
