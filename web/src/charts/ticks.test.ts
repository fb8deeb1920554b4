import { describe, expect, it } from "vitest";
import { logLabels, logTicks, niceTicks, tickLabels, timeTicks, wholeTicks, xLabels } from "./ticks.ts";

describe("ticks", () => {
  it("are round and few", () => {
    expect(niceTicks(1.5, 4.5, 6)).toEqual([2, 3, 4]);
    expect(niceTicks(1.5, 4.5, 7)).toEqual([1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
    for (const most of [2, 3, 4, 5, 6]) expect(niceTicks(-0.37, 12.9, most).length).toBeLessThanOrEqual(most);
    expect(niceTicks(2, 2, 5)).toEqual([2]);
  });
  it("never fall between two steps", () => {
    expect(wholeTicks(0, 3, 6)).toEqual([0, 1, 2, 3]);
    expect(wholeTicks(0, 12_000, 6)).toEqual([0, 2000, 4000, 6000, 8000, 10_000, 12_000]);
  });
  it("of time use minutes and hours", () => {
    expect(timeTicks(0, 3600, 6)).toEqual([0, 600, 1200, 1800, 2400, 3000, 3600]);
    expect(xLabels("time", [0, 600, 3600])).toEqual(["0", "10 min", "1 h"]);
  });
  it("of a log axis are decades", () => {
    expect(logTicks(1e-4, 1, 6)).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(logTicks(1, 100, 6)).toEqual([1, 2, 5, 10, 20, 50]);
    expect(logLabels([1e-4, 0.1, 1, 1e4])).toEqual(["1e-4", "0.1", "1", "10k"]);
  });
});

describe("labels", () => {
  it("are humanised", () => {
    expect(tickLabels([0, 3000, 6000, 9000])).toEqual(["0", "3k", "6k", "9k"]);
    expect(tickLabels([0, 2500, 5000])).toEqual(["0", "2.5k", "5.0k"]);
    expect(tickLabels([1.5, 2, 2.5])).toEqual(["1.5", "2.0", "2.5"]);
    expect(tickLabels([0, 1e-4, 2e-4, 3e-4])).toEqual(["0", "1e-4", "2e-4", "3e-4"]);
    expect(tickLabels([0, 5e7, 1e8])).toEqual(["0", "50 M", "100 M"]);
    expect(tickLabels([-1, 0, 1])).toEqual(["−1", "0", "1"]);
  });
  it("never read the same twice", () => {
    for (const ticks of [
      niceTicks(2e-4, 3.1e-4, 6),
      niceTicks(9000.1, 9000.9, 6),
      niceTicks(1e6, 1.00002e6, 6),
    ]) {
      expect(new Set(tickLabels(ticks)).size).toBe(ticks.length);
    }
  });
});
