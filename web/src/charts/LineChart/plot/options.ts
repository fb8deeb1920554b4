// What uPlot does here: canvas, scales and axes. Lines are painted by `paint.ts`, words at the cursor are HTML.
import uPlot from "uplot";
import { logLabels, logTicks, niceTicks, tickLabels, xLabels, xTicks } from "../../ticks.ts";
import type { Range, XKind } from "../../types.ts";
import { xExtent, yExtent } from "./model.ts";
import { paint, type Scene } from "./paint.ts";

export interface PlotState extends Scene {
  kind: XKind;
  range: Range | null;
  clipOutliers: boolean;
  /** Room at the right for the labels of the lines' ends. */
  endRoom: number;
  /** Name of the x-axis: it stands at the right end of the axis' own words. */
  xName: string;
  onPainted: (u: uPlot) => void;
}

const MOST_HAIRLINES = 6;

function yTicksOf(state: PlotState, min: number, max: number, height: number): number[] {
  const most = Math.max(2, Math.min(MOST_HAIRLINES, Math.floor(height / 36)));
  if (!state.yLog) return niceTicks(min, max, most);
  return logTicks(10 ** min, 10 ** max, most).map(Math.log10);
}

export function yWords(state: Pick<PlotState, "yLog">, ticks: readonly number[]): string[] {
  return state.yLog
    ? logLabels(ticks.map((tick) => Number((10 ** tick).toPrecision(10))))
    : tickLabels(ticks);
}

/** Options that read the present state whenever uPlot asks: the plot is made once and never again. */
export function plotOptions(get: () => PlotState, size: { width: number; height: number }): uPlot.Options {
  const font = () => `11px ${get().palette.font}`;
  return {
    ...size,
    padding: [8, () => Math.max(20, get().endRoom), 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: false, range: () => [...(get().range ?? xExtent(get().lines))] },
      y: {
        range: (u) => {
          const { min, max } = u.scales.x ?? {};
          const state = get();
          const [from, to] = state.range ?? xExtent(state.lines);
          return yExtent(state.lines, min ?? from, max ?? to, state);
        },
      },
    },
    series: [{}, { scale: "y", sorted: 1, paths: () => null, points: { show: false } }],
    axes: [
      {
        stroke: () => get().palette.muted,
        font: font(),
        size: 28,
        gap: 8,
        grid: { show: false },
        ticks: { show: false },
        border: { show: true, width: 1, stroke: () => get().palette.axis },
        splits: (u, _axis, min, max) =>
          xTicks(get().kind, min, max, Math.max(2, Math.floor(u.bbox.width / uPlot.pxRatio / 72))),
        values: (u, splits) => besideName(u, splits, xLabels(get().kind, splits), get().xName),
      },
      {
        scale: "y",
        stroke: () => get().palette.muted,
        font: font(),
        gap: 8,
        size: (u, values) => axisWidth(u, values),
        grid: { show: true, width: 1, stroke: () => get().palette.line },
        ticks: { show: false },
        splits: (u, _axis, min, max) => yTicksOf(get(), min, max, u.bbox.height / uPlot.pxRatio),
        values: (_u, splits) => yWords(get(), splits),
      },
    ],
    hooks: {
      draw: [
        (u) => {
          const state = get();
          paint(u, state);
          state.onPainted(u);
        },
      ],
    },
  };
}

const LETTER = 6.2;

/** The words of the x-axis without those that the axis' name would cover. */
function besideName(u: uPlot, splits: number[], words: string[], name: string): string[] {
  const { min, max } = u.scales.x ?? {};
  if (name === "" || min == null || max == null || max <= min) return words;
  const [left, width] = [u.bbox.left / uPlot.pxRatio, u.bbox.width / uPlot.pxRatio];
  const free = u.width - (name.length + 1) * LETTER;
  return words.map((word, i) => {
    const middle = left + (((splits[i] ?? min) - min) / (max - min)) * width;
    return middle + (word.length / 2) * LETTER > free ? "" : word;
  });
}

function axisWidth(u: uPlot, values: string[] | null): number {
  if (!values || values.length === 0) return 32;
  const longest = values.reduce((most, value) => (value.length > most.length ? value : most), "");
  u.ctx.save();
  u.ctx.font = u.axes[1]?.font?.[0] ?? "11px sans-serif";
  const width = u.ctx.measureText(longest).width / uPlot.pxRatio;
  u.ctx.restore();
  return Math.max(32, Math.ceil(width) + 12);
}
