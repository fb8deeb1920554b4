import { useQueries, useQuery } from "@tanstack/react-query";
import { ApiError } from "../../../data/client.ts";
import { estimateQuery, type FieldProblem, resolvedQuery } from "../../../data/recipes.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { useDebounced } from "../../../ui/useTyped.ts";
import { atDepth, DEPTHS, type Depth } from "../pure/depth.ts";
import { missingIn } from "../pure/places.ts";
import { useClashes } from "./useClashes.ts";

const STILL_MS = 120;
const CALM_MS = 500;
export const TRAINING: ReadonlySet<unknown> = new Set(["pretrain", "finetune"]);

/** What the server thinks of the recipe: mistakes by field, and what it will need. */
export function useChecks(spec: Values, baseline: Values) {
  const { t } = useTranslation();
  const still = useDebounced(spec, STILL_MS);
  const calm = useDebounced(spec, CALM_MS);
  const isTraining = TRAINING.has(spec.task);
  const resolved = useQuery(resolvedQuery(still));
  const isValid = resolved.data?.valid ?? false;
  const isCurrent = still === spec && !resolved.isPlaceholderData;
  const estimate = useQuery(estimateQuery(isTraining && isValid && isCurrent ? still : null));
  const depths = useQueries({
    queries: DEPTHS.map((depth) => ({
      ...estimateQuery(atDepth(calm, baseline, depth)),
      enabled: isTraining && isValid && isCurrent && calm === still,
    })),
  });
  const problems: FieldProblem[] = [
    ...missingIn(spec).map((each) =>
      each === "dataset"
        ? {
            field: "data.dataset",
            message: t("the recipe needs a dataset of yours"),
            fix: t("Choose one, or import data."),
          }
        : {
            field: "model.source",
            message: t("the recipe needs a model of yours"),
            fix: t("Choose one, or train one first."),
          },
    ),
    ...useClashes(spec),
    ...(resolved.data && !isValid ? (resolved.data.errors ?? []) : []),
  ];
  const seconds = Object.fromEntries(
    DEPTHS.map((depth, at) => [depth, depths[at]?.data?.seconds ?? null]),
  ) as Record<Depth, number | null>;
  return {
    problems,
    isCurrent,
    estimate: estimate.data ?? null,
    isStale: !isCurrent || !isValid || estimate.isPlaceholderData,
    refused: refusalOf(estimate.error ?? resolved.error),
    retry: () => void (estimate.error ? estimate.refetch() : resolved.refetch()),
    seconds,
  };
}

export function refusalOf(error: Error | null): { what: string; todo: string } | undefined {
  if (!error) return undefined;
  return error instanceof ApiError
    ? { what: error.problem.detail, todo: error.problem.hint }
    : { what: error.message, todo: "" };
}
