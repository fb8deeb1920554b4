// What can be taken out of the chart: image, paths, exact values.
import uPlot from "uplot";
import { linePixels, svgPath } from "../../bucket.ts";
import { type Cell, canvasBlob, composeImage, type LegendEntry, toCsv, toSvg } from "../../exportImage.ts";
import type { Palette } from "../../parts/palette.ts";
import { unionGrid } from "../../scale.ts";
import { xLabels, xTicks } from "../../ticks.ts";
import type { LineSeries, XAxis } from "../../types.ts";
import { colorOf, dashOf, type Line } from "./model.ts";
import { yWords } from "./options.ts";
import { projectionOf } from "./paint.ts";

export interface Taken {
  u: uPlot;
  lines: readonly Line[];
  palette: Palette;
  title: string;
  x: XAxis;
  yLog: boolean;
}

function legendOf({ lines, palette }: Taken): LegendEntry[] {
  return lines.map((line) => ({ label: line.label, color: colorOf(line, palette), dash: dashOf(line) }));
}

export function takePng(taken: Taken): Promise<Blob> {
  const { u, palette, title, x } = taken;
  const colors = { surface: palette.surface, text: palette.text, muted: palette.muted };
  const words = { title, caption: x.label, legend: legendOf(taken), colors, font: palette.font };
  return canvasBlob(composeImage(u.ctx.canvas, words, uPlot.pxRatio));
}

const HEAD = 32;
const FOOT = 32;

export function takeSvg(taken: Taken): string {
  const { u, lines, palette, title, x, yLog } = taken;
  const ratio = uPlot.pxRatio;
  const left = u.bbox.left / ratio;
  const top = u.bbox.top / ratio + HEAD;
  const inner = projectionOf(u, yLog, false);
  const to = {
    ...inner,
    px: (value: number) => inner.px(value) + left,
    py: (value: number) => inner.py(value) + top,
  };
  const path = (line: Line, values: Float64Array) => svgPath(linePixels(line.x, values, to));
  const drawn = lines.flatMap((line) => {
    const base = { label: line.label, color: colorOf(line, palette) };
    const ghost = line.raw ? [{ ...base, d: path(line, line.raw), dash: [], width: 1, opacity: 0.28 }] : [];
    return [...ghost, { ...base, d: path(line, line.y), dash: dashOf(line), width: 1.75, opacity: 1 }];
  });
  return toSvg({
    title,
    caption: x.label,
    legend: legendOf(taken),
    font: palette.font,
    colors: palette,
    width: u.width,
    height: u.height + HEAD + FOOT,
    plot: [left, top, left + u.bbox.width / ratio, top + u.bbox.height / ratio],
    lines: drawn,
    ...ticksOf(taken, left, top),
  });
}

function ticksOf({ u, x, yLog }: Taken, left: number, top: number) {
  const width = u.bbox.width / uPlot.pxRatio;
  const { min, max } = u.scales.x ?? {};
  const xs = xTicks(x.kind, min ?? 0, max ?? 1, Math.max(2, Math.floor(width / 72)));
  const xWords = xLabels(x.kind, xs);
  // uPlot keeps the positions of the hairlines it drew.
  const ys = (u.axes[1] as { _splits?: number[] } | undefined)?._splits ?? [];
  const words = yWords({ yLog }, ys);
  return {
    xTicks: xs.map((tick, i) => ({ at: left + u.valToPos(tick, "x"), label: xWords[i] ?? "" })),
    yTicks: ys.map((tick, i) => ({ at: top + u.valToPos(tick, "y"), label: words[i] ?? "" })),
  };
}

/** All raw values on one grid: a position that a series does not have is an empty cell. */
export function* valueRows(
  series: readonly LineSeries[],
  most = Number.POSITIVE_INFINITY,
): Generator<Cell[]> {
  const grid = unionGrid(series.map((each) => each.x));
  const next = series.map(() => 0);
  for (let row = 0; row < Math.min(grid.length, most); row += 1) {
    const at = grid[row] ?? 0;
    yield [
      at,
      ...series.map((each, i): Cell => {
        const index = next[i] ?? 0;
        if (each.x[index] !== at) return null;
        next[i] = index + 1;
        return each.y[index];
      }),
    ];
  }
}

export function takeCsv(series: readonly LineSeries[], x: XAxis): string {
  return toCsv([x.label, ...series.map((each) => each.label)], valueRows(series));
}
