import { useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatCount, formatPercent, formatValue } from "../../ui/format.ts";
import { Hairlines, XLabels, YLabels } from "../parts/Axes.tsx";
import { ChartState } from "../parts/ChartState.tsx";
import { CursorSurface } from "../parts/CursorSurface.tsx";
import { TableToggle } from "../parts/TableToggle.tsx";
import { Tip } from "../parts/Tip.tsx";
import { useWidth } from "../parts/useSize.ts";
import { niceTicks, tickLabels } from "../ticks.ts";
import type { ChartStatus, HistogramBin } from "../types.ts";

export interface HistogramProps {
  /** Ascending, without gaps between them. */
  bins: readonly HistogramBin[];
  /** The chart's accessible name: “Tokens a row”. */
  title: string;
  /** What is counted, in the plural: rows. */
  unit: string;
  /** A limit: bars beyond it are a warning; `below` warns of those under it. */
  limit?: { value: number; label: string; side?: "above" | "below" } | undefined;
  /** Height of the plot, px. */
  height?: number;
  status?: ChartStatus | undefined;
}

const WIDENING = 4;

/** Bins that grow with the value stand on a scale that grows with it too: else the wide ones would seem to hold the most. */
function scaleOf(bins: readonly HistogramBin[], from: number, to: number) {
  const widths = bins.map((bin) => bin.to - bin.from);
  const isGrowing = from >= 0 && Math.max(...widths) > WIDENING * Math.min(...widths);
  if (!isGrowing) {
    return {
      share: (value: number) => (value - from) / (to - from || 1),
      valueAt: (x: number) => from + x * (to - from),
      values: niceTicks(from, to, 6),
    };
  }
  const span = Math.log((to + 1) / (from + 1));
  const decades = Array.from({ length: Math.ceil(Math.log10(to + 1)) + 1 }, (_, power) => 10 ** power);
  const steps = decades.length > 4 ? [1] : [1, 2, 5];
  return {
    share: (value: number) => Math.log((value + 1) / (from + 1)) / span,
    valueAt: (x: number) => (from + 1) * Math.exp(x * span) - 1,
    values: decades
      .flatMap((decade) => steps.map((step) => step * decade))
      .filter((value) => value >= from && value <= to),
  };
}

/** How often values occur, with a limit and what lies beyond it. */
export function Histogram({ bins, title, unit, limit, height = 160, status }: HistogramProps) {
  const { t } = useTranslation();
  const [index, setIndex] = useState<number | null>(null);
  const [plot, width] = useWidth<HTMLDivElement>();
  const from = bins[0]?.from ?? 0;
  const to = bins.at(-1)?.to ?? 1;
  const most = bins.reduce((top, bin) => Math.max(top, bin.count), 0);
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const instead =
    status ?? (total === 0 ? { state: "empty" as const, title: t("Nothing counted yet") } : undefined);
  if (instead) return <ChartState status={instead} height={height} />;
  const { share, valueAt, values } = scaleOf(bins, from, to);
  const xLabels = tickLabels(values);
  const counts = niceTicks(0, most, 4);
  const yLabels = tickLabels(counts);
  const yTicks = counts.map((count, i) => ({ at: 1 - count / most, label: yLabels[i] ?? "" }));
  const edge = [from, ...bins.map((bin) => bin.to)].every(Number.isInteger) ? formatCount : formatValue;
  const isBeyond = (bin: HistogramBin) =>
    limit !== undefined && (limit.side === "below" ? bin.to <= limit.value : bin.from >= limit.value);
  const beyond = bins.filter(isBeyond).reduce((sum, bin) => sum + bin.count, 0);
  const words = (bin: HistogramBin | undefined) =>
    bin
      ? t("{{from}} to {{to}}: {{count}} {{unit}}, {{share}}", {
          from: edge(bin.from),
          to: edge(bin.to),
          count: formatCount(bin.count),
          share: formatPercent(bin.count / total, 1),
          unit,
        })
      : t("{{title}} of {{count}} {{unit}}, {{from}} to {{to}}", {
          title,
          count: formatCount(total),
          unit,
          from: edge(from),
          to: edge(to),
        });
  const chosen = index === null ? undefined : bins[index];
  return (
    <figure className="m-0 min-w-0">
      <div className="flex pt-2" style={{ height }}>
        <YLabels ticks={yTicks} width={44} />
        <div ref={plot} className="relative min-w-0 flex-1">
          <Hairlines ticks={yTicks} />
          <Bars bins={bins} most={most} isBeyond={isBeyond} chosen={index} share={share} />
          {limit && share(limit.value) <= 1 && <Limit at={share(limit.value)} label={limit.label} />}
          <CursorSurface
            label={title}
            count={bins.length}
            index={index}
            onIndex={setIndex}
            valueText={words(chosen)}
            at={(x) => {
              const value = valueAt(x);
              const found = bins.findIndex((bin) => value < bin.to);
              return found < 0 ? null : found;
            }}
          />
          {chosen && (
            <Tip left={share((chosen.from + chosen.to) / 2) * width} top={0} width={width} height={height}>
              {words(chosen)}
            </Tip>
          )}
        </div>
      </div>
      <div className="pl-11">
        <XLabels ticks={values.map((value, i) => ({ at: share(value), label: xLabels[i] ?? "" }))} />
      </div>
      <TableToggle
        title={title}
        header={[t("from"), t("to"), unit]}
        rows={() => bins.map((bin) => [bin.from, bin.to, formatCount(bin.count)])}
      >
        {limit && (
          <span>
            {t("{{count}} {{unit}} beyond {{label}}, {{share}}", {
              count: formatCount(beyond),
              unit,
              label: limit.label,
              share: formatPercent(beyond / total, 1),
            })}
          </span>
        )}
      </TableToggle>
    </figure>
  );
}

interface BarsProps {
  bins: readonly HistogramBin[];
  most: number;
  isBeyond: (bin: HistogramBin) => boolean;
  chosen: number | null;
  share: (value: number) => number;
}

function Bars({ bins, most, isBeyond, chosen, share }: BarsProps) {
  return (
    <div aria-hidden="true" className="absolute inset-0">
      {bins.map((bin, i) => (
        <i
          key={bin.from}
          className={`absolute bottom-0 ${isBeyond(bin) ? "bg-warning-mark" : "bg-accent-line"} ${chosen === null || chosen === i ? "" : "opacity-60"}`}
          style={{
            left: `calc(${share(bin.from) * 100}% + 0.5px)`,
            width: `calc(${(share(bin.to) - share(bin.from)) * 100}% - 1px)`,
            height: `${(bin.count / most) * 100}%`,
            minHeight: bin.count > 0 ? 1 : 0,
          }}
        />
      ))}
    </div>
  );
}

function Limit({ at, label }: { at: number; label: string }) {
  return (
    <div
      className="pointer-events-none absolute inset-y-0 border-l border-dashed border-warning-mark"
      style={{ left: `${at * 100}%` }}
    >
      <span
        className={`absolute top-0 px-1 text-xs whitespace-nowrap text-warning ${at > 0.7 ? "right-0" : "left-0"}`}
      >
        {label}
      </span>
    </div>
  );
}
