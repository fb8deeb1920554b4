// Where the time of steps goes, from the curves of a run: columns for a chart, with the parts in the order of a step.

import type { LineSeries } from "../../../charts/types.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import type { RunNews } from "../../../data/live/stream.ts";

/** In the order of a step, with a colour that lies apart from its neighbours'. */
export const PARTS = [
  ["data", 2],
  ["forward", 4],
  ["backward", 6],
  ["communication", 1],
  ["optimizer", 3],
  ["flow", 7],
  ["logging", 5],
  ["other", 1],
] as const;
export type TimePart = (typeof PARTS)[number][0];

export interface TimeColumns {
  /** First step of each column. */
  steps: number[];
  /** Seconds a step: mean over the rows of the column. */
  parts: { id: TimePart; heat: 1 | 2 | 3 | 4 | 5 | 6 | 7; values: number[] }[];
}

/** At most `most` columns over the run. A part that is not told of a row (the flow of a step that was not looked at) took no time there. */
export function timeColumns(curves: RunView["curves"], most: number): TimeColumns {
  const grid = curves.get("time/forward")?.x;
  if (!grid || grid.length === 0) return { steps: [], parts: [] };
  const count = Math.min(most, grid.length);
  const first = grid[0] ?? 0;
  const span = (grid.at(-1) ?? first) - first + 1;
  const columnOf = (step: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(((step - first) / span) * count)));
  const rows = new Array<number>(count).fill(0);
  for (const step of grid) rows[columnOf(step)] = (rows[columnOf(step)] ?? 0) + 1;
  const kept = rows.flatMap((some, column) => (some > 0 ? [column] : []));
  const parts = PARTS.flatMap(([id, heat]) => {
    const curve = curves.get(`time/${id}`);
    if (!curve) return [];
    const sums = new Array<number>(count).fill(0);
    for (let at = 0; at < curve.x.length; at += 1) {
      const value = curve.y[at] ?? Number.NaN;
      if (Number.isFinite(value))
        sums[columnOf(curve.x[at] ?? 0)] = (sums[columnOf(curve.x[at] ?? 0)] ?? 0) + value;
    }
    return [{ id, heat, values: kept.map((column) => (sums[column] ?? 0) / (rows[column] ?? 1)) }];
  });
  return { steps: kept.map((column) => Math.round(first + (column / count) * span)), parts };
}

const MEGABYTE = 1e6;

/** Memory over the seconds since the start, in MB: of the process, and of each GPU. */
export function memoryLines(
  events: readonly RunNews[],
  words: { process: string; gpu: (number: number) => string },
): LineSeries[] {
  const readings = events.filter((event) => event.type === "system");
  const start = events.find((event) => event.type === "state")?.time ?? readings[0]?.time ?? 0;
  const x = Float64Array.from(readings, (event) => event.time - start);
  const gpus = Math.max(0, ...readings.map((event) => gpusOf(event).length));
  const line = (id: string, label: string, read: (event: RunNews) => unknown): LineSeries => ({
    id,
    label,
    x,
    y: Float64Array.from(readings, (event) => Number(read(event) ?? Number.NaN) / MEGABYTE),
  });
  return [
    ...(readings.length > 0 ? [line("process", words.process, (event) => event.memory_bytes)] : []),
    ...Array.from({ length: gpus }, (_, at) =>
      line(`gpu-${at}`, words.gpu(at), (event) => gpusOf(event)[at]?.memory_bytes),
    ),
  ];
}

function gpusOf(event: RunNews): Record<string, number>[] {
  return Array.isArray(event.gpus) ? (event.gpus as Record<string, number>[]) : [];
}

/** Seconds as people read a part of a step: 47.0 ms, 4.34 s. */
export function shortTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return "—";
  if (seconds >= 1) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const ms = seconds * 1000;
  return seconds === 0 ? "0 ms" : `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`;
}
