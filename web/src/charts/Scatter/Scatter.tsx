import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatValue } from "../../ui/format.ts";
import { Hairlines, XLabels, YLabels } from "../parts/Axes.tsx";
import { ChartState } from "../parts/ChartState.tsx";
import { CursorSurface } from "../parts/CursorSurface.tsx";
import { type Palette, usePalette } from "../parts/palette.ts";
import { TableToggle } from "../parts/TableToggle.tsx";
import { Tip } from "../parts/Tip.tsx";
import { useWidth } from "../parts/useSize.ts";
import { extentOf } from "../scale.ts";
import { niceTicks, tickLabels } from "../ticks.ts";
import type { ChartStatus, ScatterPoint } from "../types.ts";
import { Lasso } from "./Lasso.tsx";

export interface ScatterProps {
  points: readonly ScatterPoint[];
  /** The chart's accessible name: “Loss against cost”. */
  title: string;
  xLabel: string;
  yLabel: string;
  height?: number;
  /** Writes the names beside the points, while there are few. */
  hasLabels?: boolean;
  /** Told the ids that a line was drawn around. With it the drawing waits for that line instead of a cursor. */
  onLasso?: ((ids: string[]) => void) | undefined;
  /** Told the id when a point is pressed. */
  onChoose?: ((id: string) => void) | undefined;
  status?: ChartStatus | undefined;
}

const NEAR = 24;
const MOST_LABELS = 12;

function padded(values: readonly number[]): [number, number] {
  const { min, max } = extentOf(values);
  if (!(max >= min)) return [0, 1];
  const room = (max - min) * 0.08 || Math.abs(min) * 0.1 || 0.5;
  return [min - room, max + room];
}

/** One value against another, a point each. Keys walk the points from left to right. */
export function Scatter(props: ScatterProps) {
  const { title, xLabel, yLabel, height = 240, hasLabels = true, onChoose, onLasso } = props;
  const { t } = useTranslation();
  const [plot, width] = useWidth<HTMLDivElement>();
  const [index, setIndex] = useState<number | null>(null);
  const points = useMemo(
    () => props.points.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y)).sort((a, b) => a.x - b.x),
    [props.points],
  );
  const [x0, x1] = useMemo(() => padded(points.map((point) => point.x)), [points]);
  const [y0, y1] = useMemo(() => padded(points.map((point) => point.y)), [points]);
  const status =
    props.status ??
    (points.length === 0 ? { state: "empty" as const, title: t("No points yet") } : undefined);
  if (status) return <ChartState status={status} height={height} />;
  const shareX = (value: number) => (value - x0) / (x1 - x0);
  const shareY = (value: number) => 1 - (value - y0) / (y1 - y0);
  const xs = niceTicks(x0, x1, Math.max(2, Math.min(6, Math.floor(width / 72))));
  const ys = niceTicks(y0, y1, 5);
  const xWords = tickLabels(xs);
  const yWords = tickLabels(ys);
  const yTicks = ys.map((value, i) => ({ at: shareY(value), label: yWords[i] ?? "" }));
  const plotHeight = height - 28;
  const words = (point: ScatterPoint) =>
    t("{{label}}: {{xLabel}} {{x}}, {{yLabel}} {{y}}", {
      label: point.label,
      xLabel,
      yLabel,
      x: formatValue(point.x),
      y: formatValue(point.y),
    });
  const nearest = (x: number, y: number): number | null => {
    let found: number | null = null;
    let least = NEAR ** 2;
    points.forEach((point, i) => {
      const distance = ((shareX(point.x) - x) * width) ** 2 + ((shareY(point.y) - y) * plotHeight) ** 2;
      if (distance < least) [found, least] = [i, distance];
    });
    return found;
  };
  const chosen = index === null ? undefined : points[index];
  return (
    <figure className="m-0 min-w-0">
      <p aria-hidden="true" className="mb-2 text-xs text-muted">
        {yLabel}
      </p>
      <div className="flex" style={{ height: plotHeight }}>
        <YLabels ticks={yTicks} width={48} />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the slider inside takes keys and pointer, this the press */}
        <div
          ref={plot}
          className="relative min-w-0 flex-1"
          onClick={() => chosen && onChoose?.(chosen.id)}
          onKeyDown={(event) => event.key === "Enter" && chosen && onChoose?.(chosen.id)}
        >
          <Hairlines ticks={yTicks} />
          <Dots points={points} width={width} height={plotHeight} shareX={shareX} shareY={shareY} />
          {hasLabels &&
            points.length <= MOST_LABELS &&
            points.map((point) => (
              <span
                key={point.id}
                aria-hidden="true"
                className={`pointer-events-none absolute -translate-y-1/2 text-xs whitespace-nowrap text-text-2 ${shareX(point.x) > 0.7 ? "-translate-x-full -ml-2" : "ml-2"}`}
                style={{ left: `${shareX(point.x) * 100}%`, top: `${shareY(point.y) * 100}%` }}
              >
                {point.label}
              </span>
            ))}
          {chosen && (
            <i
              aria-hidden="true"
              className="pointer-events-none absolute -mt-1.5 -ml-1.5 size-3 rounded-full border-2 border-text"
              style={{ left: `${shareX(chosen.x) * 100}%`, top: `${shareY(chosen.y) * 100}%` }}
            />
          )}
          <CursorSurface
            label={title}
            count={points.length}
            index={index}
            onIndex={setIndex}
            valueText={
              chosen
                ? words(chosen)
                : t("{{count}} points", { count: points.length, defaultValue_one: "{{count}} point" })
            }
            at={nearest}
          />
          {onLasso && (
            <Lasso
              label={t("Draw a line around points")}
              onDone={(contains) =>
                onLasso(
                  points.filter((point) => contains(shareX(point.x), shareY(point.y))).map(({ id }) => id),
                )
              }
            />
          )}
          {chosen && (
            <Tip
              left={shareX(chosen.x) * width}
              top={shareY(chosen.y) * plotHeight}
              width={width}
              height={plotHeight}
            >
              {words(chosen)}
            </Tip>
          )}
        </div>
      </div>
      <div className="pl-12">
        <XLabels ticks={xs.map((value, i) => ({ at: shareX(value), label: xWords[i] ?? "" }))} />
      </div>
      <TableToggle
        title={title}
        header={["", xLabel, yLabel]}
        rows={() => points.map((p) => [p.label, p.x, p.y])}
      >
        <span>{xLabel}</span>
      </TableToggle>
    </figure>
  );
}

interface DotsProps {
  points: readonly ScatterPoint[];
  width: number;
  height: number;
  shareX: (value: number) => number;
  shareY: (value: number) => number;
}

function dotColor(point: ScatterPoint, palette: Palette): string {
  return (point.thread && palette.threads[point.thread.color - 1]) ?? palette.accentLine;
}

function Dots({ points, width, height, shareX, shareY }: DotsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const radius = points.length > 2000 ? 1.5 : points.length > 200 ? 2.5 : 4.5;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current || width === 0) return;
    const ratio = window.devicePixelRatio;
    canvas.current.width = width * ratio;
    canvas.current.height = height * ratio;
    context.scale(ratio, ratio);
    context.globalAlpha = points.length > 2000 ? 0.6 : 1;
    for (const point of points) {
      context.fillStyle = dotColor(point, palette);
      context.beginPath();
      context.arc(shareX(point.x) * width, shareY(point.y) * height, radius, 0, 2 * Math.PI);
      context.fill();
    }
  }, [points, width, height, palette, radius, shareX, shareY]);
  return (
    <div aria-hidden="true" className="absolute inset-0">
      <canvas ref={canvas} className="size-full" />
    </div>
  );
}
