import { describe, expect, it } from "vitest";
import { NAME, SHARES, settingsFor, shareOf, withShare } from "./settings.ts";

describe("shares", () => {
  const { split } = settingsFor("faq");
  const sum = (given: Record<string, unknown>) => SHARES.reduce((all, each) => all + shareOf(given, each), 0);
  it("always add up to one", () => {
    for (const [share, value] of [
      ["test", 0.2],
      ["validation", 0.98],
      ["train", 0.5],
      ["train", 1],
      ["test", 3],
    ] as const) {
      expect(sum(withShare(split, share, value))).toBeCloseTo(1, 9);
    }
  });
  it("take from training first", () => {
    expect(withShare(split, "test", 0.2)).toMatchObject({ train: 0.75, validation: 0.05, test: 0.2 });
    expect(withShare(split, "train", 0.8)).toMatchObject({ train: 0.8, validation: 0.15, test: 0.05 });
  });
});

it("a name can be written with a version", () => {
  expect(NAME.test("faq-2.de")).toBe(true);
  expect(NAME.test("faq@2")).toBe(false);
  expect(NAME.test("a ")).toBe(false);
});
