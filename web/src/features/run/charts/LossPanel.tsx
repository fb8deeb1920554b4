import { useMemo, useRef } from "react";
import { ChartToolbar } from "../../../charts/ChartToolbar/ChartToolbar.tsx";
import { LineChart } from "../../../charts/LineChart/LineChart.tsx";
import type { ChartStatus, LineChartHandle, LineSeries, Range, XKind } from "../../../charts/types.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import type { Run } from "../../../data/runs.ts";
import type { Curve } from "../../../data/series.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { MarkerGlyph } from "../../../ui/Marker/Marker.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { threadOf } from "../../../ui/thread.ts";
import type { RunMark } from "../facts/markers.ts";
import { lossKeys, useMetricWords } from "./names.ts";
import { useChartMarks } from "./useChartMarks.ts";
import { type OnSearch, rangeOf, rangeSearch, type Search, useChartView } from "./useChartView.ts";

export interface LossPanelProps {
  run: Pick<Run, "id" | "name" | "ordinal"> & Partial<Pick<Run, "metrics">>;
  view: Pick<RunView, "curves" | "isLoaded">;
  /** The same curves on another axis or zoomed; null where the live ones serve. */
  other: ReadonlyMap<string, Curve> | null;
  /** Told which part is about to be shown, before the address says it. */
  onZoom?: ((part: Range) => void) | undefined;
  marks: readonly RunMark[];
  search: Search;
  onSearch: OnSearch;
  /** What stands here before the first point. */
  waiting?: { title: string; hint: string } | undefined;
}

/** Training and validation loss with everything that happened below. */
export default function LossPanel(props: LossPanelProps) {
  const { run, view, other, marks, search, onSearch, waiting } = props;
  const { t } = useTranslation();
  const chart = useRef<LineChartHandle>(null);
  const { view: seen, onChange } = useChartView(search, onSearch);
  const series = useSeries(run, view.curves, other);
  const markers = useChartMarks(marks, view.curves, other, seen.xKind, (id) => onSearch({ mark: id }));
  const axes: Record<XKind, string> = { step: t("step"), tokens: t("tokens"), time: t("time") };
  // The catalog knows the metrics before the curves are read: so nothing changes its size when they come.
  const has = (key: string) => view.curves.has(key) || key in (run.metrics ?? {});
  const isScript = view.isLoaded && !has("train/loss");
  const isWaiting = series.length === 0 && !view.isLoaded;
  const xKinds: XKind[] = has("train/tokens") ? ["step", "tokens", "time"] : ["step", "time"];
  return (
    <Panel
      title={isScript ? t("Curves") : t("Loss")}
      footer={
        <>
          <MarkLegend />
          <span className="ml-auto">{t("raw line ghosted, extremes kept per pixel")}</span>
        </>
      }
    >
      <LineChart
        ref={chart}
        title={t("Loss of {{name}}", { name: run.name })}
        series={series}
        x={{ kind: seen.xKind, label: axes[seen.xKind] }}
        height={320}
        best="min"
        smoothing={seen.smoothing}
        yLog={seen.yLog}
        clipOutliers={seen.clipOutliers}
        asTable={seen.asTable}
        markers={markers}
        range={rangeOf(search)}
        onRange={(range) => {
          const written = rangeSearch(range);
          const part = rangeOf(written as Search);
          if (part) props.onZoom?.(part);
          onSearch(written);
        }}
        {...(seen.xKind === "step" ? { syncKey: `run-${run.id}` } : {})}
        status={statusOf(series, view.isLoaded, waiting, t)}
        actions={
          series.length > 0 || isWaiting ? (
            <div inert={isWaiting} className={isWaiting ? "invisible" : "contents"}>
              <ChartToolbar
                view={seen}
                onChange={onChange}
                xKinds={xKinds}
                chart={chart}
                fileName={`${run.name}-loss`}
              />
            </div>
          ) : undefined
        }
      />
    </Panel>
  );
}

function useSeries(
  run: LossPanelProps["run"],
  curves: RunView["curves"],
  other: LossPanelProps["other"],
): readonly LineSeries[] {
  const words = useMetricWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words are the same at every render
  return useMemo(() => {
    const keys = lossKeys(curves);
    return keys.flatMap((key): LineSeries[] => {
      const curve = other?.get(key) ?? curves.get(key);
      if (!curve) return [];
      const isValidation = key === "val/loss";
      const thread = isValidation || keys.length > 2 ? {} : { thread: threadOf(run.ordinal ?? 0) };
      return [{ ...curve, id: key, label: words(key), isValidation, ...thread }];
    });
  }, [run.ordinal, curves, other]);
}

function statusOf(
  series: readonly LineSeries[],
  isLoaded: boolean,
  waiting: LossPanelProps["waiting"],
  t: (key: string) => string,
): ChartStatus | undefined {
  if (series.some((each) => each.x.length > 0)) return undefined;
  if (!isLoaded) return { state: "loading", what: t("Reading the curves") };
  return {
    state: "empty",
    title: waiting?.title ?? t("No loss yet"),
    hint: waiting?.hint ?? t("The first point comes with the first step."),
  };
}

function MarkLegend() {
  const { t } = useTranslation();
  const kinds = [
    ["checkpoint", t("checkpoint")],
    ["evaluation", t("evaluation")],
    ["change", t("live change")],
    ["anomaly", t("anomaly")],
    ["rehearsal", t("rehearsal")],
  ] as const;
  return kinds.map(([kind, word]) => (
    <span key={kind} className="inline-flex items-center gap-1.5">
      <MarkerGlyph kind={kind} />
      {word}
    </span>
  ));
}
