import { afterEach, expect, test, vi } from "vitest";
import { clearToasts, closeToast, queuedToasts, subscribeToasts, toast, undoToast } from "./toast.ts";

afterEach(clearToasts);

test("a queue of four, the same words once", () => {
  const told = vi.fn();
  const stop = subscribeToasts(told);
  for (const message of ["a", "b", "c", "d", "e", "e"]) toast({ message });
  expect(queuedToasts().map((each) => each.message)).toEqual(["b", "c", "d", "e"]);
  expect(told).toHaveBeenCalledTimes(6);
  stop();
});

test("how long a message stays", () => {
  toast({ message: "saved" });
  toast({ message: "failed", tone: "danger" });
  const undo = undoToast("moved", "Undo", () => {});
  expect(queuedToasts().map((each) => each.seconds)).toEqual([6, 0, 10]);
  closeToast(undo);
  expect(queuedToasts()).toHaveLength(2);
});
