import { useMemo } from "react";
import { Heatmap } from "../../../charts/Heatmap/Heatmap.tsx";
import type { Flow } from "../../../data/insight.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { Findings } from "../../../ui/Findings/Findings.tsx";
import { formatCount } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import type { OnSearch, Search } from "../charts/useChartView.ts";
import type { Problem } from "../live/useInsight.ts";
import { FlowLayer } from "./FlowLayer.tsx";
import { flagGroups, isLog, METRICS, matrixOf, metricOf } from "./flows.ts";
import { useFlowWords } from "./useFlowWords.ts";

export interface FlowPanelProps {
  /** Null while it is read. */
  flow: Flow | null;
  /** The same with the histograms of the chosen layer; null while there is none. */
  chosen: Flow | null;
  /** Steps between two looks, as the recipe says; null: never. */
  every: number | null;
  /** Why it could not be read. */
  problem?: Problem | null;
  isLive: boolean;
  /** `flow`: the metric of the picture; `layer`: the layer below it. */
  search: Search;
  onSearch: OnSearch;
}

const ROW = 22;
const LEAST_HEIGHT = 110;
const MOST_HEIGHT = 420;

/** How the gradient goes through the layers, over the steps; below it one layer in all its numbers. */
export default function FlowPanel(props: FlowPanelProps) {
  const { flow, chosen, every, problem = null, isLive, search, onSearch } = props;
  const { t } = useTranslation();
  const words = useFlowWords();
  const metric = metricOf(search.flow);
  const values = useMemo(() => (flow ? matrixOf(flow, metric) : new Float32Array()), [flow, metric]);
  const layer = flow?.layers.includes(search.layer ?? "") ? (search.layer ?? "") : "";
  const isThere = flow !== null && flow.steps.length > 0;
  return (
    <Panel
      title={t("Gradient flow")}
      count={
        isThere ? t("{{count}} looks", { count: flow.total, defaultValue_one: "{{count}} look" }) : undefined
      }
      status={isThere ? "ready" : problem ? "error" : flow === null ? "loading" : "empty"}
      error={
        <ErrorState
          what={t("The gradient flow could not be read")}
          why={problem?.message}
          {...(problem ? { onRetry: problem.retry } : {})}
        />
      }
      loading={<LoadingState text={t("Reading the gradient flow")} height={160} />}
      empty={<NoFlow every={every} isLive={isLive} />}
      tools={
        isThere && (
          <Segmented
            size="small"
            label={t("What is shown")}
            options={METRICS.map((id) => ({ id, label: words.metrics[id] }))}
            value={metric}
            onChange={(next) => onSearch({ flow: next === "grad_norm" ? undefined : next })}
          />
        )
      }
      footer={t("norms before clipping; an update is what a step changed, as a share of the weights’ norm")}
    >
      {isThere && (
        <div className="grid grid-cols-1 gap-4">
          <Heatmap
            title={t("{{what}} by layer and step", { what: words.metrics[metric] })}
            values={values}
            rows={flow.layers.length}
            columns={flow.steps.length}
            rowLabel={(row) => flow.layers[row] ?? ""}
            columnLabel={(column) => formatCount(flow.steps[column] ?? 0)}
            isLog={isLog(metric)}
            domain={isLog(metric) ? undefined : [0, 1]}
            height={Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, flow.layers.length * ROW))}
            labelWidth={80}
            onPress={(row) => onSearch({ layer: flow.layers[row] })}
          />
          <Flags flow={flow} />
          <div className="flex flex-wrap items-end gap-3">
            <Select
              label={t("Layer")}
              options={[
                { id: "", label: t("choose one, here or in the picture") },
                ...flow.layers.map((id) => ({ id, label: id })),
              ]}
              value={layer}
              onChange={(next) => onSearch({ layer: next || undefined })}
            />
          </div>
          {layer && <FlowLayer flow={flow} chosen={chosen?.layer === layer ? chosen : null} layer={layer} />}
        </div>
      )}
    </Panel>
  );
}

function Flags({ flow }: { flow: Flow }) {
  const { t } = useTranslation();
  const words = useFlowWords();
  const groups = useMemo(() => flagGroups(flow.flags), [flow.flags]);
  if (groups.length === 0) return <p className="text-muted">{t("Nothing stands out in any layer.")}</p>;
  return (
    <div className="-mx-4 border-y border-line">
      <Findings
        label={t("What stands out")}
        items={groups.map((group) => ({
          id: `${group.kind}-${group.is_now}`,
          level: group.is_now ? "warning" : "info",
          title: words.titleOf(group),
          detail: words.detailOf(group),
        }))}
      />
    </div>
  );
}

function NoFlow({ every, isLive }: Pick<FlowPanelProps, "every" | "isLive">) {
  const { t } = useTranslation();
  if (every === null)
    return (
      <EmptyState
        title={t("The gradient flow is off")}
        text={t(
          "Set loop.flow_every in the recipe, for example to 100, to see it in the next run. It changes nothing of what is learned.",
        )}
      />
    );
  return (
    <EmptyState
      title={t("Nothing was looked at yet")}
      text={
        isLive
          ? t("The first look is at the first step, then at every {{count}}th.", { count: every })
          : t("The run ended before its first step, or was made before there was this picture.")
      }
    />
  );
}
