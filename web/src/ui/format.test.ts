import { expect, test } from "vitest";
import * as format from "./format.ts";

test.each([
  [9412, "9,412"],
  [12_000, "12k"],
  [-240_400, "−240k"],
  [179_000_000, "179 M"],
  [1_240_000_000, "1.2 B"],
  [1.5546e26, "1.6e26"],
])("formatShort(%d) is %s", (value, text) => {
  expect(format.formatShort(value)).toBe(text);
});

test.each([
  [1.91834, "1.918"],
  [0.03124, "0.0312"],
  [0.0003, "3.0e-4"],
  [-0.5, "−0.5000"],
  [123.456, "123.5"],
  [Number.NaN, "—"],
  [null, "—"],
  [Number.POSITIVE_INFINITY, "∞"],
])("formatValue(%s) is %s", (value, text) => {
  expect(format.formatValue(value)).toBe(text);
});

test.each([
  [0.4, "0.4 s"],
  [280, "4 min 40 s"],
  [3600, "1 h"],
  [5520, "1 h 32 min"],
  [90_000, "1 d 1 h"],
  [59.6, "1 min"],
])("formatDuration(%d) is %s", (seconds, text) => {
  expect(format.formatDuration(seconds)).toBe(text);
});

test("the rest", () => {
  expect(format.formatBytes(9_800_000_000)).toBe("9.8 GB");
  expect(format.formatBytes(512)).toBe("512 B");
  expect(format.formatRate(3e-4)).toBe("3e-4");
  expect(format.formatRate(1.1e-4)).toBe("1.1e-4");
  expect(format.formatDelta(-0.0262)).toBe("−0.0262");
  expect(format.formatDelta(0.5)).toBe("+0.500");
  expect(format.formatPercent(0.784)).toBe("78 %");
  expect(format.formatAgo(1000, 1100)).toBe("2 min ago");
});
