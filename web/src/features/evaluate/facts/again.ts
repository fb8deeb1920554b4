// The start form with the settings of an evaluation that was made.

import type { Evaluation } from "../../../data/models.ts";

type Json = Record<string, unknown>;
const asJson = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

export function searchOf(
  spec: Json | undefined,
  found: Pick<Evaluation, "model" | "dataset" | "split">,
): Record<string, string> {
  const kinds = Array.isArray(spec?.metrics) ? spec.metrics.map((each) => String(asJson(each).kind)) : [];
  const rows = asJson(spec?.data).max_rows;
  const tokens = asJson(spec?.generation).max_new_tokens;
  return {
    model: found.model,
    dataset: found.dataset,
    split: found.split,
    ...(kinds.length > 0 ? { metrics: kinds.join(",") } : {}),
    ...(typeof rows === "number" ? { rows: String(rows) } : {}),
    ...(typeof tokens === "number" ? { tokens: String(tokens) } : {}),
  };
}
