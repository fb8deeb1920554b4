import type { Evaluation } from "../../../data/models.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatDelta, formatPercent, MINUS } from "../../../ui/format.ts";
import { Stat } from "../../../ui/Stat/Stat.tsx";
import { StatStrip } from "../../../ui/Stat/StatStrip.tsx";
import { betterOf, intervalOf, isCount, isShare, metricNames } from "../facts/scores.ts";
import { formatMetric, useMetricName } from "../facts/useMetricName.ts";

export interface MetricStripProps {
  metrics: Evaluation["metrics"];
  /** Metrics of the evaluation it is compared with. */
  before?: Evaluation["metrics"] | undefined;
}

const deltaText = (name: string, delta: number) =>
  isShare(name)
    ? `${delta > 0 ? "+" : delta < 0 ? MINUS : ""}${formatPercent(Math.abs(delta), 1).replace(" %", "")} points`
    : formatDelta(delta);

function Compare({ name, metrics, before }: MetricStripProps & { name: string }) {
  const { t } = useTranslation();
  const value = metrics[name];
  const was = before?.[name];
  if (typeof value === "number" && typeof was === "number" && !isCount(name)) {
    const delta = value - was;
    if (delta === 0) return t("as before");
    const isGood = betterOf(name) === "lower" ? delta < 0 : delta > 0;
    const tone = isGood ? "text-positive" : "text-danger";
    return (
      <>
        <span className={tone}>{deltaText(name, delta)}</span>{" "}
        {t("from {{was}}", { was: formatMetric(name, was) })}
      </>
    );
  }
  const interval = intervalOf(metrics, name);
  if (interval)
    return t("{{low}} to {{high}}", {
      low: formatMetric(name, interval[0]),
      high: formatMetric(name, interval[1]),
    });
  if (isCount(name)) return t("that were judged");
  return betterOf(name) === "lower" ? t("lower is better") : t("higher is better");
}

/** Every metric with its interval, or with what it was before. */
export function MetricStrip({ metrics, before }: MetricStripProps) {
  const { t } = useTranslation();
  const name = useMetricName();
  return (
    <StatStrip label={t("Metrics")}>
      {metricNames([{ metrics }]).map((metric) => (
        <Stat
          key={metric}
          label={name(metric)}
          value={formatMetric(metric, metrics[metric])}
          exact={String(metrics[metric] ?? "")}
          compare={<Compare name={metric} metrics={metrics} before={before} />}
        />
      ))}
    </StatStrip>
  );
}
