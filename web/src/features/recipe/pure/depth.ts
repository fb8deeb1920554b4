// Fast, Balanced, Quality: how long a recipe trains, and how often it looks up on the way.

import type { Values } from "../../../forms/model/schema.ts";
import { getAt, isSame, type Path, setAt } from "../../../forms/model/values.ts";

export type Depth = "fast" | "balanced" | "quality";
export const DEPTHS: readonly Depth[] = ["fast", "balanced", "quality"];
const FACTORS: Record<Depth, number> = { fast: 0.25, balanced: 1, quality: 3 };

/** What a factor scales, and what the schema says where the recipe is silent; null is “not set”. */
const SCALED: readonly { path: Path; usual: number | null; isWhole: boolean }[] = [
  { path: ["loop", "max_steps"], usual: null, isWhole: true },
  { path: ["loop", "num_epochs"], usual: 1, isWhole: false },
  { path: ["evaluation", "every_steps"], usual: 200, isWhole: true },
  { path: ["checkpoints", "every_steps"], usual: 200, isWhole: true },
  { path: ["schedule", "warmup_steps"], usual: 0, isWhole: true },
];

export interface DepthChange {
  name: string;
  from: number;
  to: number;
}

function scaled(value: number, factor: number, isWhole: boolean): number {
  const next = value * factor;
  if (isWhole) return value === 0 ? 0 : Math.max(1, Math.round(next));
  return Number(next.toPrecision(3));
}

/** What choosing a depth changes in the baseline. Passes count only where no number of steps is set. */
export function depthChanges(baseline: Values, depth: Depth): DepthChange[] {
  const hasSteps = typeof getAt(baseline, ["loop", "max_steps"]) === "number";
  return SCALED.flatMap(({ path, usual, isWhole }) => {
    const name = path.join(".");
    if (name === "loop.num_epochs" && hasSteps) return [];
    const set = getAt(baseline, path);
    const from = set === undefined ? usual : set;
    if (typeof from !== "number") return [];
    const to = scaled(from, FACTORS[depth], isWhole);
    return to === from ? [] : [{ name, from, to }];
  });
}

/** The recipe at a depth: its own settings stay, only length and intervals follow. */
export function atDepth(spec: Values, baseline: Values, depth: Depth): Values {
  let next = spec;
  for (const { path } of SCALED) {
    const before = getAt(baseline, path);
    if (before !== undefined) next = setAt(next, path, before) as Values;
    else if (getAt(next, path) !== undefined) next = without(next, path);
  }
  for (const { name, to } of depthChanges(baseline, depth)) next = setAt(next, name.split("."), to) as Values;
  return next;
}

function without(spec: Values, path: Path): Values {
  const [group = "", key = ""] = path;
  const { [key]: _, ...rest } = (spec[group] ?? {}) as Values;
  const { [group]: __, ...others } = spec;
  return Object.keys(rest).length > 0 ? { ...spec, [group]: rest } : others;
}

/** Which depth the recipe stands at; null where its length was set by hand. */
export function depthOf(spec: Values, baseline: Values): Depth | null {
  const read = (values: Values) => SCALED.map(({ path, usual }) => getAt(values, path) ?? usual);
  const now = read(spec);
  return DEPTHS.find((depth) => isSame(read(atDepth(spec, baseline, depth)), now)) ?? null;
}
