import { useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Hairlines, XLabels, YLabels } from "../parts/Axes.tsx";
import { ChartState } from "../parts/ChartState.tsx";
import { CursorSurface } from "../parts/CursorSurface.tsx";
import { TableToggle } from "../parts/TableToggle.tsx";
import { Tip } from "../parts/Tip.tsx";
import { useWidth } from "../parts/useSize.ts";
import { niceTicks } from "../ticks.ts";
import type { ChartStatus } from "../types.ts";

export interface StackedPart {
  id: string;
  label: string;
  /** Colour from the sequential scale, 1 to 7; neighbours should lie apart. */
  heat: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** One a column; NaN is nothing. */
  values: readonly number[];
}

export interface StackedColumnsProps {
  /** From the bottom up. */
  parts: readonly StackedPart[];
  /** Name of a column: its step. */
  columnLabel: (column: number) => string;
  /** Accessible name: “Seconds a step”. */
  title: string;
  /** How a value is written. */
  format: (value: number) => string;
  /** Height of the columns, px. */
  height?: number;
  status?: ChartStatus | undefined;
}

const amount = (value: number | undefined) => (value !== undefined && value > 0 ? value : 0);
const AXIS = 56;

/** What a whole is made of, again and again: one column a place, one band a part. */
export function StackedColumns(props: StackedColumnsProps) {
  const { parts, columnLabel, title, format, height = 160 } = props;
  const { t } = useTranslation();
  const [plot, width] = useWidth<HTMLDivElement>();
  const [index, setIndex] = useState<number | null>(null);
  const count = parts[0]?.values.length ?? 0;
  const status =
    props.status ?? (count === 0 ? { state: "empty" as const, title: t("No values yet") } : undefined);
  if (status) return <ChartState status={status} height={height} />;
  const totals = Array.from({ length: count }, (_, at) =>
    parts.reduce((sum, part) => sum + amount(part.values[at]), 0),
  );
  const ticks = niceTicks(0, Math.max(...totals) || 1, 4);
  const top = Math.max(ticks.at(-1) ?? 1, ...totals) || 1;
  const wordsOf = (at: number) =>
    t("{{place}}: {{total}}", { place: columnLabel(at), total: format(totals[at] ?? 0) });
  const details = (at: number) =>
    parts
      .filter((part) => amount(part.values[at]) > 0)
      .map((part) => `${part.label} ${format(amount(part.values[at]))}`)
      .join(", ");
  const stride = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / 84))));
  const yTicks = ticks.map((value) => ({ at: 1 - value / top, label: format(value) }));
  return (
    <figure className="m-0 min-w-0">
      <div className="flex pt-2" style={{ height }}>
        <YLabels ticks={yTicks} width={AXIS} />
        <div ref={plot} className="relative min-w-0 flex-1">
          <Hairlines ticks={yTicks} />
          <Columns parts={parts} count={count} top={top} chosen={index} />
          <CursorSurface
            label={title}
            count={count}
            index={index}
            onIndex={setIndex}
            valueText={
              index === null
                ? t("{{count}} columns", { count, defaultValue_one: "{{count}} column" })
                : `${wordsOf(index)} (${details(index)})`
            }
            at={(x) => (x < 0 || x >= 1 ? null : Math.floor(x * count))}
          />
          {index !== null && (
            <Tip left={((index + 0.5) / count) * width} top={0} width={width} height={height}>
              <span className="font-medium">{wordsOf(index)}</span>
              {[...parts].reverse().map((part) =>
                amount(part.values[index]) > 0 ? (
                  <span key={part.id} className="flex items-center gap-1.5">
                    <Swatch heat={part.heat} />
                    {part.label} {format(amount(part.values[index]))}
                  </span>
                ) : null,
              )}
            </Tip>
          )}
        </div>
      </div>
      <div style={{ paddingLeft: AXIS }}>
        <XLabels
          ticks={Array.from({ length: Math.ceil(count / stride) }, (_, i) => ({
            at: (i * stride + 0.5) / count,
            label: columnLabel(i * stride),
          }))}
        />
      </div>
      <TableToggle
        title={title}
        header={["", ...parts.map((part) => part.label)]}
        rows={() =>
          totals.map((_, at) => [columnLabel(at), ...parts.map((part) => part.values[at] ?? Number.NaN)])
        }
      >
        {parts.map((part) => (
          <span key={part.id} className="inline-flex items-center gap-1.5">
            <Swatch heat={part.heat} />
            {part.label}
          </span>
        ))}
      </TableToggle>
    </figure>
  );
}

/** The colour of a part. */
export function Swatch({ heat }: Pick<StackedPart, "heat">) {
  return (
    <i
      aria-hidden="true"
      className="size-2.5 shrink-0 rounded-[2px] shadow-[inset_0_0_0_1px_var(--line-strong)]"
      style={{ background: `var(--heat-${heat})` }}
    />
  );
}

interface ColumnsProps extends Pick<StackedColumnsProps, "parts"> {
  count: number;
  top: number;
  chosen: number | null;
}

function Columns({ parts, count, top, chosen }: ColumnsProps) {
  return (
    <div aria-hidden="true" className="absolute inset-0 flex items-end">
      {Array.from({ length: count }, (_, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
          key={at}
          className={`flex h-full min-w-0 flex-1 flex-col-reverse px-px ${chosen === null || chosen === at ? "" : "opacity-70"}`}
        >
          {parts.map((part) => (
            <i
              key={part.id}
              className="w-full shrink-0 border-t border-surface"
              style={{
                height: `${(amount(part.values[at]) / top) * 100}%`,
                background: `var(--heat-${part.heat})`,
              }}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
