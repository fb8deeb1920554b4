import { expect, test } from "vitest";
import { faultOf, parseNumber, stepNumber, writeNumber } from "./number.ts";

test("reads what people type", () => {
  expect(parseNumber("12,000")).toBe(12_000);
  expect(parseNumber("1e-3")).toBe(0.001);
  expect(parseNumber("2.0e-4")).toBe(2e-4);
  expect(parseNumber("−3")).toBe(-3);
  expect(parseNumber(".5")).toBe(0.5);
  expect(parseNumber("1,5")).toBeUndefined();
  expect(parseNumber("ten")).toBeUndefined();
  expect(parseNumber("1e999")).toBeUndefined();
});

test("writes without losing a digit", () => {
  for (const value of [0, 3, 12_000, 0.1, 0.001, 2.34e-4, 3e-4, -5e-7, 1.5, 1234.5678]) {
    expect(parseNumber(writeNumber(value))).toBe(value);
    expect(parseNumber(writeNumber(value, "log"))).toBe(value);
  }
  expect(writeNumber(3e-4, "log")).toBe("3e-4");
  expect(writeNumber(12_000)).toBe("12,000");
  expect(writeNumber(null)).toBe("");
});

test("steps", () => {
  expect(stepNumber(1e-4, 1, { scale: "log" })).toBe(2e-4);
  expect(stepNumber(2e-4, 1, { scale: "log" })).toBe(5e-4);
  expect(stepNumber(5e-4, 1, { scale: "log" })).toBe(1e-3);
  expect(stepNumber(1e-4, -1, { scale: "log" })).toBe(5e-5);
  expect(stepNumber(3e-4, -1, { scale: "log" })).toBe(2e-4);
  expect(stepNumber(16, 1, { scale: "log", integer: true })).toBe(32);
  expect(stepNumber(64, 1, { scale: "log", integer: true, maximum: 64 })).toBe(64);
  expect(stepNumber(3, 1, { integer: true })).toBe(4);
  expect(stepNumber(0.3, -1, { step: 0.1 })).toBe(0.2);
});

test("faults", () => {
  expect(faultOf("", { minimum: 0 })).toBeUndefined();
  expect(faultOf("x", {})).toBe("number");
  expect(faultOf("1.5", { integer: true })).toBe("integer");
  expect(faultOf("3", { minimum: 0, maximum: 0.5 })).toBe("range");
});
