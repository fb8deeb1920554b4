import { lazy, Suspense, useMemo } from "react";
import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { curveOf, planOf } from "../pure/rate.ts";

const LineChart = lazy(() =>
  import("../../../charts/LineChart/LineChart.tsx").then((module) => ({ default: module.LineChart })),
);

export interface SchedulePreviewProps {
  spec: Values;
  /** Steps of the whole run; null while they are not known. */
  steps: number | null;
}

const USUAL_STEPS = 1000;

/** The learning rate of every step, as the schedule gives it. */
export function SchedulePreview({ spec, steps }: SchedulePreviewProps) {
  const { t } = useTranslation();
  const plan = planOf(spec);
  const total = Math.max(2, steps ?? USUAL_STEPS);
  const key = JSON.stringify([plan, total]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that the curve hangs on
  const series = useMemo(
    () => [{ id: "rate", label: t("Learning rate"), ...curveOf(plan, total) }],
    [key, t],
  );
  return (
    <div className="mt-4">
      <p className="mb-1 text-caption text-muted">
        {steps === null
          ? t("Learning rate over the run, drawn for 1,000 steps until the data is chosen")
          : t("Learning rate over the run")}
      </p>
      <Suspense fallback={<LoadingState text={t("Drawing the schedule")} height={140} />}>
        <LineChart
          series={series}
          x={{ kind: "step", label: t("step") }}
          title={t("Learning rate")}
          height={140}
        />
      </Suspense>
    </div>
  );
}
