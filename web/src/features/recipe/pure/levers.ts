// What would save memory: `key=value` changes that one click makes.

import { readValue } from "../../../forms/model/problems.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { getAt, pathOf, setAt } from "../../../forms/model/values.ts";

/** The recipe with the change, or undefined where the words name no settings. */
export function applyLever(spec: Values, change: string): Values | undefined {
  if (/^half the micro-batch, twice the accumulation/.test(change)) return halved(spec);
  const pairs = change.split(/\s+/).map((word) => /^([\w.]+)=(.*)$/.exec(word));
  if (pairs.length === 0 || pairs.some((each) => each === null)) return undefined;
  let next = spec;
  for (const pair of pairs) {
    const path = pathOf(pair?.[1] ?? "");
    const value = readValue(pair?.[2] ?? "");
    const isKind = path.at(-1) === "kind" && getAt(next, path) !== value;
    next = (isKind ? setAt(next, path.slice(0, -1), { kind: value }) : setAt(next, path, value)) as Values;
  }
  return next;
}

function halved(spec: Values): Values | undefined {
  const kind = getAt(spec, ["batch", "kind"]) ?? "sequences";
  const key = kind === "tokens" ? "micro_batch_tokens" : "micro_batch_size";
  const size = Number(getAt(spec, ["batch", key]) ?? (kind === "tokens" ? 1024 : 8));
  const steps = Number(getAt(spec, ["batch", "gradient_accumulation_steps"]) ?? 1);
  if (size < 2 || size % 2 !== 0) return undefined;
  const batch = { ...((spec.batch as Values | undefined) ?? {}), kind };
  return { ...spec, batch: { ...batch, [key]: size / 2, gradient_accumulation_steps: steps * 2 } };
}
