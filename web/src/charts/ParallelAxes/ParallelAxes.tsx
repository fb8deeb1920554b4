import { useMemo, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { formatValue } from "../../ui/format.ts";
import { threadColor, threadDash, threadOf } from "../../ui/thread.ts";
import { svgPath } from "../bucket.ts";
import { ChartState } from "../parts/ChartState.tsx";
import { TableToggle } from "../parts/TableToggle.tsx";
import { useWidth } from "../parts/useSize.ts";
import type { ChartStatus, ParallelAxis, ParallelRow } from "../types.ts";
import { axisDomain, axisShare, type Brushes, brushed } from "./brush.ts";

export interface ParallelAxesProps {
  /** From left to right: what was set first, what came out last. */
  axes: readonly ParallelAxis[];
  /** A line each. */
  rows: readonly ParallelRow[];
  /** The chart's accessible name: “Recipe against loss”. */
  title: string;
  height?: number;
  /** Told the ids of the rows inside all brushes. */
  onKept?: ((ids: string[]) => void) | undefined;
  status?: ChartStatus | undefined;
}

const SIDE = 48;

/** Each run a line through all its settings; two sliders on each axis keep what lies between them. */
export function ParallelAxes({ axes, rows, title, height = 240, onKept, status }: ParallelAxesProps) {
  const { t } = useTranslation();
  const [box, width] = useWidth<HTMLDivElement>();
  const [brushes, setBrushes] = useState<Brushes>({});
  const kept = useMemo(
    () => new Set(brushed(axes, rows, brushes).map((row) => row.id)),
    [axes, rows, brushes],
  );
  const isEmpty = rows.length === 0 || axes.length < 2;
  const instead =
    status ?? (isEmpty ? { state: "empty" as const, title: t("Nothing to compare yet") } : undefined);
  if (instead) return <ChartState status={instead} height={height} />;
  const left = (i: number) => SIDE + (i / (axes.length - 1)) * Math.max(0, width - 2 * SIDE);
  const change = (next: Brushes) => {
    setBrushes(next);
    onKept?.(brushed(axes, rows, next).map((row) => row.id));
  };
  return (
    <figure aria-label={title} className="m-0 min-w-0">
      <div className="overflow-x-auto">
        <div ref={box} className="relative" style={{ height: height + 44, minWidth: axes.length * 96 }}>
          <svg
            aria-hidden="true"
            width={width}
            height={height}
            className="absolute top-6 left-0 overflow-visible fill-none"
          >
            {rows.map((row, ordinal) => (
              <path
                key={row.id}
                d={svgPath(linePairs(axes, rows, row, left, height))}
                stroke={threadColor(row.thread ?? threadOf(ordinal))}
                strokeDasharray={threadDash(row.thread ?? threadOf(ordinal)).join(" ")}
                strokeWidth={1.75}
                opacity={kept.has(row.id) ? 1 : 0.12}
              />
            ))}
          </svg>
          {axes.map((axis, i) => (
            <Axis
              key={axis.id}
              axis={axis}
              domain={axisDomain(axis, rows)}
              left={left(i)}
              height={height}
              brush={brushes[axis.id] ?? [0, 1]}
              onBrush={(brush) => change({ ...brushes, [axis.id]: brush })}
            />
          ))}
        </div>
      </div>
      <TableToggle
        title={title}
        header={["", ...axes.map((axis) => axis.label)]}
        rows={() =>
          rows
            .filter((row) => kept.has(row.id))
            .map((row) => [row.label, ...axes.map((axis) => row.values[axis.id])])
        }
      >
        <span role="status">{t("{{kept}} of {{all}} kept", { kept: kept.size, all: rows.length })}</span>
        {Object.keys(brushes).length > 0 && (
          <Button size="small" look="ghost" onPress={() => change({})}>
            {t("Keep all")}
          </Button>
        )}
      </TableToggle>
    </figure>
  );
}

function linePairs(
  axes: readonly ParallelAxis[],
  rows: readonly ParallelRow[],
  row: ParallelRow,
  left: (i: number) => number,
  height: number,
): number[] {
  return axes.flatMap((axis, i) => {
    const share = axisShare(axis, axisDomain(axis, rows), row);
    return share === null ? [] : [left(i), (1 - share) * height];
  });
}

interface AxisProps {
  axis: ParallelAxis;
  domain: readonly [number, number];
  left: number;
  height: number;
  brush: readonly [number, number];
  onBrush: (brush: [number, number]) => void;
}

function axisWords(axis: ParallelAxis, [from, to]: readonly [number, number], share: number): string {
  if (axis.categories) return axis.categories[Math.round(share * (axis.categories.length - 1))] ?? "";
  return formatValue(axis.log && from > 0 ? from * (to / from) ** share : from + share * (to - from), 3);
}

function Axis({ axis, domain, left, height, brush, onBrush }: AxisProps) {
  const { t } = useTranslation();
  const ends = [0, 1] as const;
  const isBrushed = brush[0] > 0 || brush[1] < 1;
  return (
    <div className="absolute top-0 w-24 -translate-x-1/2 text-center text-xs text-muted" style={{ left }}>
      <span className="block h-5 truncate font-medium text-text-2" title={axis.label}>
        {axis.label}
      </span>
      <div className="relative mt-1" style={{ height }}>
        <i aria-hidden="true" className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
        {isBrushed && (
          <i
            aria-hidden="true"
            className="absolute left-1/2 -ml-1 w-2 rounded-mark border border-accent-line bg-accent-wash/60"
            style={{ top: `${(1 - brush[1]) * 100}%`, bottom: `${brush[0] * 100}%` }}
          />
        )}
        {ends.map((end) => (
          <input
            key={end}
            type="range"
            min={0}
            max={1}
            step={axis.categories ? 1 / Math.max(1, axis.categories.length - 1) : 0.01}
            value={brush[end]}
            aria-label={
              end === 0 ? t("{{axis}} from", { axis: axis.label }) : t("{{axis}} to", { axis: axis.label })
            }
            aria-valuetext={axisWords(axis, domain, brush[end])}
            onChange={(event) => {
              const value = event.currentTarget.valueAsNumber;
              onBrush(
                end === 0 ? [Math.min(value, brush[1]), brush[1]] : [brush[0], Math.max(value, brush[0])],
              );
            }}
            className={`absolute top-0 h-full w-6 cursor-ns-resize accent-accent [direction:rtl] [writing-mode:vertical-lr] ${end === 0 ? "left-1/2 -ml-6" : "left-1/2"} opacity-0 hover:opacity-100 focus-visible:opacity-100`}
          />
        ))}
      </div>
      <span className="block h-5 truncate pt-1">
        {axisWords(axis, domain, 0)} – {axisWords(axis, domain, 1)}
      </span>
    </div>
  );
}
