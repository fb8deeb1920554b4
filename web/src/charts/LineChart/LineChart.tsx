import {
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { ChartState } from "../parts/ChartState.tsx";
import { usePalette } from "../parts/palette.ts";
import { useWidth } from "../parts/useSize.ts";
import type { ChartMarker, ChartStatus, LineChartHandle, LineSeries, Range, XAxis } from "../types.ts";
import { Legend } from "./Legend.tsx";
import { PlotArea } from "./PlotArea.tsx";
import { buildLines, lastIndex, threadFor, xExtent } from "./plot/model.ts";
import { useFullScreen } from "./plot/useFullScreen.ts";
import { usePlot } from "./plot/usePlot.ts";
import { summarise } from "./summary.ts";

export interface LineChartProps {
  /** One line each. New arrays are a new picture: at most one a frame, none while it cannot be seen. */
  series: readonly LineSeries[];
  /** What the positions are, and their name. */
  x: XAxis;
  /** The chart's accessible name: “Training loss”. */
  title: string;
  /** Height of the plot with its axis, px. */
  height?: number;
  /** Logarithmic y-axis; values that are not above zero are gaps. */
  yLog?: boolean;
  /** 0 to 0.99; the raw line stays as a ghost. */
  smoothing?: number;
  /** The y-axis leaves out the highest and lowest hundredth. */
  clipOutliers?: boolean;
  /** Rings the best point of each line. */
  best?: "min" | "max" | undefined;
  /** The line that the tooltip's differences are taken from. */
  baselineId?: string | undefined;
  /** The line drawn thicker and in front. */
  focusId?: string | undefined;
  /** Events on a lane below the x-axis. */
  markers?: readonly ChartMarker[] | undefined;
  /** Charts with the same key share one cross-hair. */
  syncKey?: string | undefined;
  /** The visible part; null is everything. With `onRange` the owner holds it. */
  range?: Range | null | undefined;
  onRange?: ((range: Range | null) => void) | undefined;
  /** The first 1,000 positions as a table in the plot's place. */
  asTable?: boolean;
  /** What stands here while there is nothing to draw. */
  status?: ChartStatus | undefined;
  /** Tools above the plot, as `ChartToolbar`. */
  actions?: ReactNode;
  /** For export and full screen. */
  ref?: Ref<LineChartHandle> | undefined;
  /** Told how many ms each picture took. */
  onPaint?: ((milliseconds: number) => void) | undefined;
}

// What is not drawn with the chart is not loaded with it.
const taking = () => import("./plot/handle.ts");
const AsTable = lazy(() => import("../AsTable/AsTable.tsx").then((module) => ({ default: module.AsTable })));

const END_LABEL_ROOM = 76;
/** Height of the lane with events. */
const LANE = 28;
const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** Lines over steps, tokens or time: zoom by dragging, cursor by arrow keys, events below. */
export function LineChart(props: LineChartProps) {
  const { series, x, title, height = 260, yLog = false, smoothing = 0, clipOutliers = false } = props;
  const { t } = useTranslation();
  const palette = usePalette();
  const figure = useRef<HTMLElement>(null);
  const [box, width] = useWidth<HTMLDivElement>();
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const [hoverId, setHoverId] = useState<string | null>(null);
  const [ownRange, setOwnRange] = useState<Range | null>(null);
  const screen = useFullScreen(figure);
  const range = props.onRange ? (props.range ?? null) : ownRange;
  const lines = useMemo(() => buildLines(series, smoothing, hidden), [series, smoothing, hidden]);
  const hasEndLabels = series.length > 1 && series.length <= 3 && width >= 480;
  const tall = screen > 0 ? Math.max(height, screen - 180) : height;
  const state = {
    lines,
    palette,
    yLog,
    clipOutliers,
    hoverId,
    range,
    focusId: props.focusId,
    best: props.best,
    kind: x.kind,
    endRoom: hasEndLabels ? END_LABEL_ROOM : 0,
    xName: x.label,
  };
  const isEmpty = series.every((each) => lastIndex(each.y) < 0);
  const status = props.status ?? (isEmpty ? emptyStatus(t) : undefined);
  const isDrawn = !status && !props.asTable;
  const plot = usePlot(state, isDrawn ? width : 0, tall, props.onPaint);
  useImperativeHandle(props.ref, () => {
    const taken = () => {
      if (!plot.plot.current) throw new Error("The chart is not drawn");
      return { u: plot.plot.current, lines, palette, title, x, yLog };
    };
    return {
      png: async () => (await taking()).takePng(taken()),
      svg: async () => (await taking()).takeSvg(taken()),
      csv: async () => (await taking()).takeCsv(series, x),
      fullScreen: async () =>
        document.fullscreenElement ? document.exitFullscreen() : figure.current?.requestFullscreen(),
    };
  });
  const markers = useMemo(
    () => [...(props.markers ?? []), ...series.flatMap((each) => each.markers ?? [])],
    [props.markers, series],
  );
  return (
    <figure ref={figure} className={`m-0 min-w-0 bg-surface ${screen > 0 ? "p-6" : ""}`}>
      {props.actions && <div className="mb-2 flex flex-wrap justify-end gap-2">{props.actions}</div>}
      <div ref={box} className="min-w-0">
        {status && <ChartState status={status} height={tall + (props.markers ? LANE : 0)} />}
        {!status && props.asTable && (
          <Suspense fallback={<div style={{ height: tall }} />}>
            <AsTable series={series} x={x} title={title} height={tall} />
          </Suspense>
        )}
        {isDrawn && (
          <PlotArea
            title={title}
            summary={summarise(t, title, x, lines, props.best)}
            x={x}
            lines={lines}
            plot={plot}
            height={tall}
            whole={xExtent(lines)}
            range={range}
            onRange={props.onRange ?? setOwnRange}
            yLog={yLog}
            markers={markers}
            hasLane={props.markers !== undefined || markers.length > 0}
            hasEndLabels={hasEndLabels}
            baselineId={props.baselineId}
            syncKey={props.syncKey}
          />
        )}
      </div>
      {!status && series.length > 1 && !hasEndLabels && (
        <div className="mt-1">
          <Legend
            items={series.map((each, i) => ({
              id: each.id,
              label: each.label,
              thread: threadFor(each, i),
            }))}
            hidden={hidden}
            onHover={setHoverId}
            onToggle={(id) => setHidden(toggled(hidden, id, series.length))}
          />
        </div>
      )}
    </figure>
  );
}

/** The last shown line stays. */
function toggled(hidden: ReadonlySet<string>, id: string, count: number): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(id)) next.add(id);
  return next.size >= count ? hidden : next;
}

function emptyStatus(t: (key: string) => string): ChartStatus {
  return {
    state: "empty",
    title: t("No values yet"),
    hint: t("The line starts with the first logged step."),
  };
}
