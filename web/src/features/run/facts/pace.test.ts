import { expect, test } from "vitest";
import type { Curve } from "../../../data/series.ts";
import { bestOf, busySeconds, formatMoney, timeLeft, trendOf } from "./pace.ts";

function curve(key: string, y: number[]): Curve {
  const x = Float64Array.from(y, (_, i) => i + 1);
  return { run: "r", key, x, y: Float64Array.from(y), isExact: true };
}

test("time left is the pace of the last steps, with their spread", () => {
  const tokens = Array.from({ length: 40 }, (_, i) => (i + 1) * 1000);
  const speed = tokens.map((_, i) => (i % 20 < 10 ? 1000 : 500));
  const curves = new Map([
    ["train/tokens", curve("train/tokens", tokens)],
    ["train/tokens_per_second", curve("train/tokens_per_second", speed)],
  ]);
  const left = timeLeft(curves, 40, 140);
  expect(left?.low).toBe(100);
  expect(left?.high).toBe(200);
  expect(left?.seconds).toBeGreaterThan(100);
  expect(left?.seconds).toBeLessThan(200);
  expect(timeLeft(curves, 140, 140)).toBeNull();
  expect(timeLeft(new Map(), 3, 10)).toBeNull();
});

test("only time on the machine costs", () => {
  const state = (time: number, name: string) => ({ type: "state", time, state: name });
  const events = [state(0, "queued"), state(100, "starting"), state(110, "running"), state(160, "paused")];
  expect(busySeconds(events, 1000, true)).toBe(60);
  expect(busySeconds([...events, state(900, "running")], 1000, true)).toBe(160);
});

test("money, trend, best", () => {
  expect(formatMoney(0.384, "EUR")).toBe("€0.38");
  expect(formatMoney(2, "beans")).toBe("2.00 beans");
  const falling = curve(
    "loss",
    Array.from({ length: 100 }, (_, i) => 10 - i * 0.01),
  );
  expect(trendOf(falling.x, falling.y)?.delta).toBeCloseTo(-0.1, 5);
  expect(bestOf(falling.x, falling.y)?.step).toBe(100);
});
