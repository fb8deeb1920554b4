// How a run learns: its method by the field's name, and how much of the model that trains.

import type { RunNews } from "../../../data/live/stream.ts";
import { humaniseOption } from "../../../forms/model/words.ts";
import { valueAt } from "./journal.ts";

export interface Method {
  /** Empty where every weight is trained. */
  name: string;
  trained: number;
  all: number;
}

/** Null until the run has opened its model. */
export function methodOf(events: readonly RunNews[], spec: unknown): Method | null {
  const said = events.findLast((event) => event.type === "training");
  const trained = Number(said?.trained_parameters);
  const all = Number(said?.all_parameters);
  if (!(trained > 0 && all > 0)) return null;
  return { name: nameOf(valueAt(spec, "tuning")), trained, all };
}

function nameOf(tuning: unknown): string {
  const kind = String(valueAt(tuning, "kind") ?? "full");
  if (kind === "full") return "";
  if (kind !== "lora") return humaniseOption(kind, "tuning");
  const bits = valueAt(tuning, "base_bits");
  const parts = [
    bits ? `QLoRA (${bits} bits)` : "",
    valueAt(tuning, "use_rslora") ? "rsLoRA" : "",
    valueAt(tuning, "use_dora") ? "DoRA" : "",
  ].filter(Boolean);
  return parts.join(" + ") || "LoRA";
}
