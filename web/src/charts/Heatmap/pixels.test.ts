import { expect, it } from "vitest";
import { fillPixels, heatScale, heatShare, heatTable } from "./pixels.ts";

const table = heatTable(["#000000", "#ffffff"]);

it("colours between the steps, alpha full", () => {
  expect(table[0]).toBe(0xff000000);
  expect(table[255]).toBe(0xffffffff);
  expect(table[128]).toBe(0xff808080);
});

it("fills cells, keeps gaps transparent and takes logarithms", () => {
  const values = Float32Array.of(0, 1, Number.NaN, 0.5);
  const out = new Uint32Array(4);
  fillPixels(out, values, heatScale(values, false), table);
  expect([...out]).toEqual([0xff000000, 0xffffffff, 0, 0xff808080]);
  const wide = Float32Array.of(0.01, 1, 100, 0);
  const scale = heatScale(wide, true);
  expect(heatShare(1, scale)).toBeCloseTo(0.5, 4);
  fillPixels(out, wide, scale, table);
  expect(out[1]).toBe(0xff808080);
  expect(out[3]).toBe(0xff000000);
});

it("a flat matrix has the middle colour", () => {
  const flat = Float32Array.of(2, 2);
  const out = new Uint32Array(2);
  fillPixels(out, flat, heatScale(flat, false), table);
  expect(out[0]).toBe(table[127]);
});
