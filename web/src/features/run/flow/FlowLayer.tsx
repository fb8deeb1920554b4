import { useMemo } from "react";
import { Heatmap } from "../../../charts/Heatmap/Heatmap.tsx";
import { LineChart } from "../../../charts/LineChart/LineChart.tsx";
import type { Flow } from "../../../data/insight.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatShort } from "../../../ui/format.ts";
import {
  binRowsOf,
  binWords,
  type FlowHistogram,
  type FlowMetric,
  HISTOGRAMS,
  isLog,
  lineOf,
} from "./flows.ts";
import { useFlowWords } from "./useFlowWords.ts";

export interface FlowLayerProps {
  flow: Flow;
  /** With its histograms; null while they are read. */
  chosen: Flow | null;
  layer: string;
}

const LINES: readonly FlowMetric[] = ["grad_norm", "update_ratio", "weight_norm"];

/** One layer: its lines over the steps, and where its values lie over the steps. */
export function FlowLayer({ flow, chosen, layer }: FlowLayerProps) {
  const { t } = useTranslation();
  const at = flow.layers.indexOf(layer);
  return (
    <section className="grid min-w-0 grid-cols-1 gap-4">
      <header>
        <h3 className="font-semibold">{layer}</h3>
        <p className="text-caption wrap-anywhere text-muted">
          <span className="font-mono">{flow.paths[at]}</span>
          {" · "}
          {t("{{size}} trained weights", { size: formatShort(flow.sizes[at] ?? 0) })}
        </p>
      </header>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,280px),1fr))] gap-x-6 gap-y-4">
        {LINES.map((metric) => (
          <Line key={metric} flow={flow} layer={layer} metric={metric} />
        ))}
        {HISTOGRAMS.map((kind) => (
          <Bins key={kind} chosen={chosen} layer={layer} kind={kind} />
        ))}
      </div>
    </section>
  );
}

function Line({ flow, layer, metric }: { flow: Flow; layer: string; metric: FlowMetric }) {
  const { t } = useTranslation();
  const label = useFlowWords().metrics[metric];
  const series = useMemo(() => [lineOf(flow, layer, metric, label)], [flow, layer, metric, label]);
  return (
    <div className="min-w-0">
      <h4 className="text-caption font-medium">{label}</h4>
      <LineChart
        title={t("{{what}} of {{layer}}", { what: label, layer })}
        series={series}
        x={{ kind: "step", label: t("step") }}
        height={140}
        yLog={isLog(metric) && metric !== "weight_norm"}
        syncKey="flow"
      />
    </div>
  );
}

function Bins({ chosen, layer, kind }: { chosen: Flow | null; layer: string; kind: FlowHistogram }) {
  const { t } = useTranslation();
  const label = useFlowWords().histograms[kind];
  const found = useMemo(() => chosen && binRowsOf(chosen, kind), [chosen, kind]);
  const nameOf = (row: number) => {
    if (!chosen || !found) return "";
    const { from, to, isZero } = binWords(chosen, found.bins[row] ?? 0);
    return isZero ? "0" : edge(Number.isFinite(from) && (from > 0 || !Number.isFinite(to)) ? from : to);
  };
  const status = !found
    ? { state: "loading" as const, what: t("Reading the histograms") }
    : found.rows === 0
      ? {
          state: "empty" as const,
          title: kind === "activations" ? t("Told of blocks alone") : t("Nothing to count"),
        }
      : undefined;
  return (
    <div className="min-w-0">
      <h4 className="mb-2 text-caption font-medium">{t("{{what}}, share by size", { what: label })}</h4>
      <Heatmap
        title={t("{{what}} of {{layer}} by size and step", { what: label, layer })}
        values={found?.values ?? new Float32Array()}
        rows={found?.rows ?? 0}
        columns={found?.columns ?? 0}
        rowLabel={nameOf}
        columnLabel={(column) => formatCount(chosen?.steps[column] ?? 0)}
        isLog
        height={150}
        status={status}
      />
    </div>
  );
}

/** The edge of a bin that lies nearer to zero: 1e-3, −3e-5. */
function edge(value: number): string {
  return value.toExponential(0).replace("e+", "e").replace(/^-/, "−");
}
