// Mistakes that the schema cannot know: a name that is not in the workspace, and settings that do not go together.

import type { Values } from "../../../forms/model/schema.ts";
import { getAt } from "../../../forms/model/values.ts";
import { isPlaceholder } from "./places.ts";

export interface NamedDataset {
  id: string;
  name: string;
  version: number;
}

/** The dataset that the recipe names and nobody has imported; nothing while the list is on its way. */
export function unknownDataset(
  spec: Values,
  datasets: readonly NamedDataset[] | undefined,
): string | undefined {
  const named = getAt(spec, ["data", "dataset"]);
  if (!datasets || typeof named !== "string" || named === "" || isPlaceholder(named)) return undefined;
  const isKnown = ({ id, name, version }: NamedDataset) =>
    named === id || named === name || named === `${name}@${version}`;
  return datasets.some(isKnown) ? undefined : named;
}

/** The model's own limit, where rows longer than that are asked for. */
export function limitPassed(spec: Values): number | undefined {
  const limit = getAt(spec, ["model", "max_sequence_length"]);
  const length = getAt(spec, ["data", "render", "max_sequence_length"]);
  return typeof limit === "number" && typeof length === "number" && length > limit ? limit : undefined;
}

/** Whether a new model would have no tokenizer: the newest is asked for, and there is none. False while the list is on its way. */
export function lacksTokenizer(spec: Values, tokenizers: readonly unknown[] | undefined): boolean {
  if (!tokenizers || spec.task !== "pretrain") return false;
  if ((getAt(spec, ["model", "kind"]) ?? "transformer") !== "transformer") return false;
  return tokenizers.length === 0 && (getAt(spec, ["model", "tokenizer"]) ?? "auto") === "auto";
}
