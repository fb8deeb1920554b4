import { useRef } from "react";
import { ChartToolbar } from "../../../charts/ChartToolbar/ChartToolbar.tsx";
import { LineChart } from "../../../charts/LineChart/LineChart.tsx";
import type { LineChartHandle, LineChartView, LineSeries, Range } from "../../../charts/types.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { directionOf } from "../columns.ts";
import { threadsOf } from "./threads.ts";
import type { CompareView } from "./useCompare.ts";

export interface CurvesProps {
  view: CompareView;
  search: Record<string, string>;
  range: Range | null;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

const X_OF = { step: "step", tokens: "tokens", time: "elapsed" } as const;

/** One metric of all runs, over each other or side by side. */
export default function Curves({ view, search, range, onSearch }: CurvesProps) {
  const { t } = useTranslation();
  const chart = useRef<LineChartHandle>(null);
  const looks: LineChartView = {
    smoothing: Number(search.smoothing ?? 0.5),
    yLog: search.log === "on",
    xKind: search.x === "tokens" ? "tokens" : search.x === "elapsed" ? "time" : "step",
    clipOutliers: search.clip === "on",
    asTable: search.table === "on",
  };
  const change = (made: Partial<LineChartView>) =>
    onSearch({
      ...(made.smoothing === undefined ? {} : { smoothing: String(made.smoothing) }),
      ...(made.yLog === undefined ? {} : { log: made.yLog ? "on" : undefined }),
      ...(made.xKind === undefined
        ? {}
        : { x: made.xKind === "step" ? undefined : X_OF[made.xKind], range: undefined }),
      ...(made.clipOutliers === undefined ? {} : { clip: made.clipOutliers ? "on" : undefined }),
      ...(made.asTable === undefined ? {} : { table: made.asTable ? "on" : undefined }),
    });
  const isApart = search.multiples === "on";
  const shared = { x: { kind: looks.xKind, label: looks.xKind }, ...looks, range, onRange: setRange };
  function setRange(to: Range | null) {
    if (to) view.onZoom(to);
    onSearch({ range: to ? `${to[0]}~${to[1]}` : undefined });
  }
  const series = seriesOf(view);
  return (
    <Panel
      title={t("Curves")}
      tools={
        <Segmented
          label={t("How they are laid")}
          size="small"
          value={isApart ? "apart" : "overlay"}
          onChange={(id) => onSearch({ multiples: id === "apart" ? "on" : undefined })}
          options={[
            { id: "overlay", label: t("Overlay") },
            { id: "apart", label: t("Small multiples") },
          ]}
        />
      }
    >
      <div className="mb-2 flex flex-wrap items-end gap-3">
        <div className="w-56 max-w-full">
          <Select
            label={t("Metric")}
            value={view.metric}
            onChange={(metric) => onSearch({ metric, range: undefined })}
            options={view.metrics.map((key) => ({ id: key, label: key }))}
          />
        </div>
        <ChartToolbar
          view={looks}
          onChange={change}
          xKinds={["step", "tokens", "time"]}
          chart={chart}
          fileName={view.metric.replace("/", "-")}
        />
      </div>
      {isApart ? (
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          {series.map((one) => (
            <figure key={one.id}>
              <figcaption className="text-caption text-muted">{one.label}</figcaption>
              <LineChart
                {...shared}
                title={`${view.metric}, ${one.label}`}
                series={[one]}
                height={160}
                syncKey="compare"
              />
            </figure>
          ))}
        </div>
      ) : (
        <LineChart
          {...shared}
          ref={chart}
          title={view.metric}
          series={series}
          height={320}
          best={directionOf(view.metric) === "higher" ? "max" : "min"}
          baselineId={view.baseline?.id}
          {...(view.isDrawing ? { status: { state: "loading" as const, what: view.metric } } : {})}
        />
      )}
    </Panel>
  );
}

function seriesOf(view: CompareView): LineSeries[] {
  const threads = threadsOf(view.runs);
  return view.curves.flatMap((curve) => {
    const run = view.runs.find((each) => each.id === curve.run);
    if (!run || curve.x.length === 0) return [];
    return [{ ...curve, id: run.id, label: run.name, thread: threads(run.id) }];
  });
}
