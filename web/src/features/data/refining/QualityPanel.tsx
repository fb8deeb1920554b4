import { lazy, Suspense } from "react";
import type { StepReport } from "../../../data/datasets.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatPercent, formatValue } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Slider } from "../../../ui/Slider/Slider.tsx";

const Histogram = lazy(async () => ({
  default: (await import("../../../charts/Histogram/Histogram.tsx")).Histogram,
}));

export interface QualityPanelProps {
  report: StepReport;
  /** As it is set now; the report may be of an earlier one. */
  threshold: number;
  onThreshold: (threshold: number) => void;
}

interface Facts {
  histogram?: number[];
  signals?: Record<string, number>;
  note?: string;
}

/** Scores of the sample, and a handle for the score below which rows are dropped. */
export function QualityPanel({ report, threshold, onThreshold }: QualityPanelProps) {
  const { t } = useTranslation();
  const { histogram = [], signals = {}, note } = report.facts as Facts;
  const bins = histogram.map((count, at) => ({
    from: at / histogram.length,
    to: (at + 1) / histogram.length,
    count,
  }));
  const poorest = Object.entries(signals).sort(([, a], [, b]) => a - b)[0];
  return (
    <Panel
      title={t("Quality of the sample")}
      count={
        poorest
          ? t("poorest on average: {{signal}}", { signal: t(poorest[0].replaceAll("_", " ")) })
          : undefined
      }
      footer={note ?? t("From 0 (poor) to 1 (good), by eight signals; they are made for prose.")}
    >
      <Suspense fallback={<LoadingState text={t("Drawing the scores")} height={160} />}>
        <Histogram
          title={t("Quality")}
          unit={t("rows")}
          bins={bins}
          limit={
            threshold > 0
              ? {
                  value: threshold,
                  label: t("the threshold {{value}}", { value: formatValue(threshold, 2) }),
                  side: "below",
                }
              : undefined
          }
        />
      </Suspense>
      <div className="pl-11">
        <Slider
          label={t("Drop below")}
          value={threshold}
          onChange={onThreshold}
          minimum={0}
          maximum={1}
          step={0.01}
          format={(value) => value.toFixed(2)}
          help={t("{{share}} of the sample would go", {
            share: formatPercent(shareBelow(histogram, threshold), 0),
          })}
        />
      </div>
    </Panel>
  );
}

/** Part of the rows in bins that lie wholly below; within a bin, evenly. */
export function shareBelow(histogram: readonly number[], threshold: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const width = 1 / (histogram.length || 1);
  const below = histogram.reduce(
    (sum, count, at) => sum + count * Math.min(1, Math.max(0, (threshold - at * width) / width)),
    0,
  );
  return total > 0 ? below / total : 0;
}
