import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { scheduleQuery } from "../../../data/recipes.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { getAt } from "../../../forms/model/values.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { useDebounced } from "../../../ui/useTyped.ts";

const LineChart = lazy(() =>
  import("../../../charts/LineChart/LineChart.tsx").then((module) => ({ default: module.LineChart })),
);

export interface SchedulePreviewProps {
  spec: Values;
  /** Steps of the whole run; null while they are not known. */
  steps: number | null;
}

const USUAL_STEPS = 1000;
const USUAL_RATE = 3e-4;
const STILL_MS = 120;

/** The learning rate of every step, as the server computes it for training. While a setting is wrong the last curve stays. */
export function SchedulePreview({ spec, steps }: SchedulePreviewProps) {
  const { t } = useTranslation();
  const still = useDebounced(spec, STILL_MS);
  const rate = getAt(still, ["optimizer", "learning_rate"]);
  const { data: curve } = useQuery(
    scheduleQuery(
      { kind: "cosine", ...((still.schedule as Values | undefined) ?? {}) },
      typeof rate === "number" ? rate : USUAL_RATE,
      steps ?? USUAL_STEPS,
    ),
  );
  const series = useMemo(
    () => [
      {
        id: "rate",
        label: t("Learning rate"),
        x: Float64Array.from(curve?.steps ?? []),
        y: Float64Array.from(curve?.rates ?? []),
      },
    ],
    [curve, t],
  );
  return (
    <div className="mt-4">
      <p className="mb-1 text-caption text-muted">
        {steps === null
          ? t("Learning rate over the run, drawn for 1,000 steps until the data is chosen")
          : t("Learning rate over the run")}
      </p>
      {curve ? (
        <Suspense fallback={<LoadingState text={t("Drawing the schedule")} height={140} />}>
          <LineChart
            series={series}
            x={{ kind: "step", label: t("step") }}
            title={t("Learning rate")}
            height={140}
          />
        </Suspense>
      ) : (
        <LoadingState text={t("Drawing the schedule")} height={140} />
      )}
    </div>
  );
}
