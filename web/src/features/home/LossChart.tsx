import { LineChart } from "../../charts/LineChart/LineChart.tsx";
import type { LineSeries } from "../../charts/types.ts";
import type { RunView } from "../../data/live/runStore.ts";
import type { LiveRun } from "../../data/live/stream.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { threadOf } from "../../ui/thread.ts";

/** Training and validation loss of the watched run. */
export function LossChart({ run, view }: { run: LiveRun; view: RunView }) {
  const { t } = useTranslation();
  const series: LineSeries[] = [];
  const train = view.curves.get("train/loss");
  const validation = view.curves.get("val/loss");
  if (train) series.push({ ...train, id: "train", label: t("train"), thread: threadOf(run.ordinal ?? 0) });
  if (validation) series.push({ ...validation, id: "val", label: t("validation"), isValidation: true });
  return (
    <LineChart
      title={t("Loss of {{name}}", { name: run.name })}
      series={series}
      x={{ kind: "step", label: t("step") }}
      height={232}
      smoothing={0.6}
      {...(series.length === 0
        ? {
            status: view.isLoaded
              ? {
                  state: "empty" as const,
                  title: t("No loss yet"),
                  hint: t("The first point comes with the first step."),
                }
              : { state: "loading" as const },
          }
        : {})}
    />
  );
}
