// The learning rate over a run, as the trainer computes it from the schedule.

import type { Values } from "../../../forms/model/schema.ts";
import { getAt } from "../../../forms/model/values.ts";

export interface Plan {
  kind: string;
  peak: number;
  warmup: number;
  final: number;
  decay: number;
}

const FINAL: Record<string, number> = { cosine: 0.1, linear: 0, wsd: 0, constant: 1 };

/** What the recipe says, with the defaults of the schema. */
export function planOf(spec: Values): Plan {
  const read = (path: string, usual: number): number => {
    const value = getAt(spec, path.split("."));
    return typeof value === "number" ? value : usual;
  };
  const kind = String(getAt(spec, ["schedule", "kind"]) ?? "cosine");
  return {
    kind,
    peak: read("optimizer.learning_rate", 3e-4),
    warmup: read("schedule.warmup_steps", 0),
    final: read("schedule.final_ratio", FINAL[kind] ?? 0),
    decay: read("schedule.decay_ratio", 0.2),
  };
}

/** The rate of one step of `total`, counted from 0. */
export function rateAt(plan: Plan, step: number, total: number): number {
  return plan.peak * shareAt(plan, step, total);
}

function shareAt({ kind, warmup, final, decay }: Plan, step: number, total: number): number {
  if (step < warmup) return (step + 1) / warmup;
  const span = Math.max(1, total - warmup);
  const progress = Math.min(1, Math.max(0, (step - warmup) / span));
  if (kind === "cosine") return final + (1 - final) * 0.5 * (1 + Math.cos(Math.PI * progress));
  if (kind === "linear") return 1 + (final - 1) * progress;
  if (kind === "wsd") {
    const from = 1 - decay;
    return progress <= from || decay === 0 ? 1 : 1 - ((1 - final) * (progress - from)) / decay;
  }
  return 1;
}

export interface Curve {
  x: Float64Array;
  y: Float64Array;
}

/** At most `points` steps of the whole run, the last one included. */
export function curveOf(plan: Plan, total: number, points = 200): Curve {
  const count = Math.max(2, Math.min(points, total + 1));
  const x = Float64Array.from({ length: count }, (_, at) => Math.round((at * total) / (count - 1)));
  return { x, y: x.map((step) => rateAt(plan, step, total)) };
}
