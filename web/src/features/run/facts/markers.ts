// What happened in a run, as marks below the x-axis of its chart.

import type { MarkerKind } from "../../../charts/types.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import type { RunNews } from "../../../data/live/stream.ts";

export interface RunMark {
  id: string;
  kind: MarkerKind;
  step: number;
  /** Unix seconds; 0 where it is not known. */
  time: number;
  event: RunNews | null;
  /** A loss that had gone up for good, and came back later. */
  isOver?: boolean;
  /** Validation loss and other values measured there. */
  values: Readonly<Record<string, number>>;
}

const MOST = 400;

/** The rehearsal, checkpoints, measurements, accepted changes, and what was odd, by step. */
export function marksOf(view: Pick<RunView, "events" | "curves">): RunMark[] {
  const marks: RunMark[] = [];
  for (const event of view.events) {
    const kind = kindOf(event);
    if (!kind || typeof event.step !== "number") continue;
    const id = `${kind}-${event.step}-${marks.length}`;
    const isOver = cameBack(event, view.events);
    marks.push({
      id,
      kind,
      step: event.step,
      time: event.time,
      event,
      values: {},
      ...(isOver && { isOver }),
    });
  }
  return [...marks.slice(-MOST), ...measuredOf(view)].sort((a, b) => a.step - b.step);
}

function kindOf(event: RunNews): MarkerKind | null {
  if (event.type === "checkpoint") return "checkpoint";
  if (event.type === "rehearsal") return event.failed ? "anomaly" : "rehearsal";
  if (event.type === "command" && event.command === "set" && event.accepted) return "change";
  if (event.type === "rewind") return "anomaly";
  if (event.type === "note" && (event.level === "warning" || event.level === "error")) return "anomaly";
  return null;
}

function cameBack(event: RunNews, events: readonly RunNews[]): boolean {
  const told = detailsOf(event);
  return (
    told.of !== undefined &&
    events.some((each) => each.time > event.time && detailsOf(each).came_back === told.of)
  );
}

export function detailsOf(event: RunNews | null): Readonly<Record<string, unknown>> {
  return (event?.details ?? {}) as Record<string, unknown>;
}

function measuredOf({ events, curves }: Pick<RunView, "events" | "curves">): RunMark[] {
  const bySteps = new Map<number, RunMark>();
  const at = (step: number): RunMark => {
    const known = bySteps.get(step);
    if (known) return known;
    const mark: RunMark = {
      id: `evaluation-${step}`,
      kind: "evaluation",
      step,
      time: 0,
      event: null,
      values: {},
    };
    bySteps.set(step, mark);
    return mark;
  };
  for (const [key, curve] of curves) {
    if (!key.startsWith("val/")) continue;
    const from = Math.max(0, curve.x.length - MOST);
    for (let i = from; i < curve.x.length; i += 1) {
      const mark = at(curve.x[i] ?? 0);
      mark.values = { ...mark.values, [key]: curve.y[i] ?? Number.NaN };
    }
  }
  for (const event of events) {
    if (event.type !== "sample" || event.asked || typeof event.step !== "number") continue;
    const mark = at(event.step);
    mark.event = event;
    mark.time = event.time;
  }
  return [...bySteps.values()];
}

/** Where a step lies on another x-axis, between its neighbours. */
export function placeOf(step: number, x: Float64Array, y: Float64Array): number {
  const next = x.findIndex((each) => each >= step);
  if (next < 0) return y.at(-1) ?? step;
  if (next === 0) return y[0] ?? step;
  const [x0, x1] = [x[next - 1] ?? 0, x[next] ?? 0];
  const [y0, y1] = [y[next - 1] ?? 0, y[next] ?? 0];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (step - x0)) / (x1 - x0);
}
