import { describe, expect, it } from "vitest";
import { bandPixels, bucketMinMax, linePixels, svgPath } from "./bucket.ts";
import { toCsv, toSvg } from "./exportImage.ts";
import {
  extentOf,
  linearScale,
  logScale,
  lowerBound,
  nearestIndex,
  quantileExtent,
  unionGrid,
  windowOf,
} from "./scale.ts";
import { smooth } from "./smooth.ts";

const f = (...values: number[]) => Float64Array.from(values);

describe("scale", () => {
  it("maps and inverts", () => {
    const scale = linearScale([0, 10], [100, 0]);
    expect(scale(2.5)).toBe(75);
    expect(scale.invert(75)).toBe(2.5);
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
    const log = logScale([1, 100], [0, 10]);
    expect(log(10)).toBe(5);
    expect(log.invert(5)).toBeCloseTo(10);
    expect(log(0)).toBeNaN();
  });
  it("finds neighbours and windows", () => {
    const x = f(0, 10, 20, 30);
    expect(lowerBound(x, 10)).toBe(1);
    expect(nearestIndex(x, 14)).toBe(1);
    expect(nearestIndex(x, 99)).toBe(3);
    expect(nearestIndex(f(), 1)).toBe(-1);
    expect(windowOf(x, 10, 20)).toEqual([0, 4]);
  });
  it("takes extents without gaps, and without outliers", () => {
    expect(extentOf(f(3, Number.NaN, -1, 2))).toEqual({ min: -1, max: 3 });
    expect(extentOf(f(3, -1, 2), 0, 3, true)).toEqual({ min: 2, max: 3 });
    const values = Float64Array.from({ length: 500 }, (_, i) => (i === 250 ? 1000 : i / 500));
    expect(quantileExtent(values, 0, 500).max).toBeLessThan(1);
  });
  it("joins grids and keeps a shared one", () => {
    const shared = f(1, 2, 3);
    expect(unionGrid([shared, f(1, 2, 3)])).toBe(shared);
    expect([...unionGrid([f(1, 3), f(2, 3, 4)])]).toEqual([1, 2, 3, 4]);
  });
});

describe("smooth", () => {
  it("is debiased: a constant stays a constant, the first value stays itself", () => {
    expect([...smooth(f(2, 2, 2), 0.9)].map((v) => Number(v.toFixed(9)))).toEqual([2, 2, 2]);
    expect(smooth(f(5, 1), 0.6)[0]).toBeCloseTo(5, 12);
    expect(smooth(f(5, 1), 0.6)[1]).toBeCloseTo((5 * 0.6 * 0.4 + 0.4) / (1 - 0.36), 12);
  });
  it("keeps gaps as gaps and the weight 0 as the raw line", () => {
    const out = smooth(f(1, Number.NaN, 3), 0.5);
    expect(out[1]).toBeNaN();
    expect(out[2]).toBeCloseTo((1 * 0.5 * 0.5 + 3 * 0.5) / 0.75, 12);
    const raw = f(1, 2);
    expect(smooth(raw, 0)).toBe(raw);
  });
});

describe("buckets and pixels", () => {
  it("keeps the spike of each bucket", () => {
    const buckets = bucketMinMax(f(0, 1, 2, 3), f(1, 9, 2, 3), 0, 4, 2);
    expect([...buckets.max]).toEqual([9, 3]);
    expect([...buckets.min]).toEqual([1, 2]);
    expect([...buckets.y]).toEqual([9, 3]);
  });
  it("draws at most four pairs a column and lifts the pen at gaps", () => {
    const n = 10_000;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = Float64Array.from({ length: n }, (_, i) => (i === 5000 ? 50 : i % 2));
    const view = { from: 0, to: n, px: (v: number) => v / 100, py: (v: number) => v };
    const pixels = linePixels(x, y, view);
    expect(pixels.length / 2).toBeLessThanOrEqual(4 * 101);
    expect(Math.max(...pixels.filter((_, i) => i % 2 === 1))).toBe(50);
    const gap = linePixels(f(0, 1, 2), f(1, Number.NaN, 3), { ...view, px: (v) => v * 10 });
    expect(svgPath(gap)).toBe("M0 1M20 3");
  });
  it("closes a band", () => {
    const view = { from: 0, to: 2, px: (v: number) => v * 10, py: (v: number) => -v };
    expect(bandPixels(f(0, 1), f(0, 0), f(2, 3), view)).toEqual([[0, -2, 10, -3, 10, -0, 0, -0]]);
  });
});

describe("files", () => {
  it("writes exact values, gaps and quotes", () => {
    const text = toCsv(
      ["step", 'a "b"'],
      [
        [1, 0.1 + 0.2],
        [2, Number.NaN],
        [3, "x,y"],
        [4, "=1+1"],
      ],
    );
    expect(text).toBe('step,"a ""b"""\r\n1,0.30000000000000004\r\n2,\r\n3,"x,y"\r\n4,\'=1+1\r\n');
  });
  it("writes paths and escapes words", () => {
    const svg = toSvg({
      title: "Loss <all>",
      caption: "step",
      legend: [],
      font: "Inter",
      colors: { surface: "white", text: "black", muted: "gray", line: "gray", axis: "gray" },
      width: 100,
      height: 80,
      plot: [10, 10, 90, 60],
      lines: [{ d: "M0 0L1 1", color: "blue", dash: [7, 3], label: "a", width: 1.75, opacity: 1 }],
      xTicks: [{ at: 20, label: "2k" }],
      yTicks: [{ at: 30, label: "1.5" }],
    });
    expect(svg).toContain("<title>Loss &lt;all&gt;</title>");
    expect(svg).toContain('stroke-dasharray="7 3"');
    expect(svg).toContain(">1.5</text>");
  });
});
