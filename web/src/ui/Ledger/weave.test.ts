import { expect, test } from "vitest";
import { findGaps, formatChange, formatTokens, type LedgerLoss, placeOf, weave } from "./weave.ts";

const stages = [
  { label: "Raw", value: 1000 },
  { label: "Cleaned", value: 900 },
  { label: "Templated", value: 920 },
  { label: "Trained", value: 600 },
];
const losses: LedgerLoss[] = [
  { afterStage: 0, label: "markup", value: 100, tone: "warning" },
  { afterStage: 1, label: "chat markers", value: -20, tone: "muted" },
  { afterStage: 2, label: "prompts", value: 320, tone: "muted" },
];

test("the numbers add up, or the gap is named", () => {
  expect(findGaps(stages, losses)).toEqual([]);
  expect(findGaps(stages, losses.slice(1))).toEqual([{ from: stages[0], to: stages[1], unexplained: 100 }]);
});

test("one thread is one percent, and what remains is trained", () => {
  const strands = weave(stages, losses);
  expect(strands.length).toBe(102);
  expect(strands.filter(({ loss }) => loss === 0).length).toBe(10);
  expect(strands.filter(({ loss }) => loss === 2).length).toBe(32);
  expect(strands.filter(({ loss }) => loss === undefined).length).toBe(60);
});

test("a small loss is still one thread, and nothing raw weaves nothing", () => {
  const strands = weave(stages, [{ afterStage: 0, label: "one", value: 1, tone: "danger" }]);
  expect(strands.filter(({ loss }) => loss === 0).length).toBe(1);
  expect(weave([{ label: "Raw", value: 0 }], [])).toEqual([]);
});

test("stages stand evenly, with room behind the last", () => {
  expect(placeOf(0, 6)).toBe(0);
  expect(placeOf(5, 6)).toBeCloseTo(0.844);
});

test("tokens are written so that one can add them up", () => {
  expect([128_400_000, 1_500_000_000, 9412].map(formatTokens)).toEqual(["128.4 M", "1.5 B", "9,412"]);
  expect([-5_100_000, 2_600_000, -12].map(formatChange)).toEqual(["−5.1 M", "+2.6 M", "−12"]);
});
