import { expect, test } from "vitest";
import { answersFor, leaveOutHref, rowHref, savedBefore, stepOf, worstOf, xraysOf } from "./xrays.ts";

const event = (of_step: number, more: Record<string, unknown> = {}) => ({
  type: "xray",
  time: of_step,
  step: of_step + 5,
  of_step,
  loss: 3,
  num_rows: 2,
  rows: [{ row: 17, loss: 9, units: 4 }],
  texts: [{ row: 17, loss: 9, tokens: [{ text: "a" }, { text: "b", loss: 9 }] }],
  layers: { head: 1, "layer 10": 2, norm: 1, "layer 2": 3, embedding: 4 },
  ...more,
});

test("the newest X-ray of each step, with layers from the embedding to the head", () => {
  const found = xraysOf([event(40), event(20), event(40, { loss: 5 })]);
  expect(found.map(({ ofStep, loss }) => [ofStep, loss])).toEqual([
    [20, 3],
    [40, 5],
  ]);
  expect(found[0]?.layers.map(({ name }) => name)).toEqual([
    "embedding",
    "layer 2",
    "layer 10",
    "norm",
    "head",
  ]);
  expect(found[0]?.texts[0]?.tokens).toEqual([{ text: "a" }, { text: "b", loss: 9 }]);
});

test("an X-ray that holds little is still one", () => {
  expect(xraysOf([{ type: "xray", time: 1, of_step: 3, loss: 1 }])).toMatchObject([
    { ofStep: 3, step: 3, rows: [], texts: [], layers: [] },
  ]);
});

test("what is no number is beyond all numbers, not nothing", () => {
  const bad = event(9, {
    loss: null,
    rows: [{ row: 3, loss: null, units: 2 }],
    texts: [{ row: 3, loss: null, tokens: [{ text: "a" }, { text: "b", loss: null }] }],
  });
  const [found] = xraysOf([bad]);
  expect(found?.loss).toBe(Number.POSITIVE_INFINITY);
  expect(found?.rows[0]?.loss).toBe(Number.POSITIVE_INFINITY);
  expect(found?.texts[0]?.tokens).toEqual([{ text: "a" }, { text: "b", loss: Number.POSITIVE_INFINITY }]);
  expect(worstOf(found?.texts[0]?.tokens ?? [])).toBe(1);
});

test("answers belong to the step that was asked for", () => {
  const answer = (step: number | undefined, command = "xray") => ({
    type: "command",
    time: 1,
    command,
    arguments: step === undefined ? {} : { step },
  });
  expect(answersFor([answer(7), answer(8), answer(undefined), answer(7, "set")], 7)).toHaveLength(1);
});

test("a mark leads to the step that spiked, not to the one at which it was told", () => {
  const mark = (details: unknown) => ({
    id: "a",
    kind: "anomaly" as const,
    step: 750,
    time: 0,
    values: {},
    event: { type: "note", time: 0, details },
  });
  expect(stepOf(mark({ spike: 742 }))).toBe(742);
  expect(stepOf(mark({ skipped: 743 }))).toBe(743);
  expect(stepOf(mark({ rows: [1] }))).toBe(750);
});

test("addresses: a row opened, and the recipe without rows", () => {
  expect(rowHref("faq 2", 17)).toBe("/data/faq%202?tab=rows&row=17&open=17");
  expect(leaveOutHref("1m8", [204, 17, 204])).toBe("/recipes/edit?from=1m8&leave_out=17,204");
  expect(leaveOutHref("1m8", [17], 700)).toBe("/recipes/edit?from=1m8&fork=700&leave_out=17");
  expect(savedBefore([600, 700, 742], 742)).toBe(700);
  expect(savedBefore([742], 742)).toBeNull();
});

test("the worst token", () => {
  expect(worstOf([{ text: "a" }, { text: "b", loss: 1 }, { text: "c", loss: 2 }, { text: "d" }])).toBe(2);
  expect(worstOf([{ text: "a" }])).toBe(0);
});
