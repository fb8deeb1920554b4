import { useMemo } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatCount, formatDuration, formatValue, NONE } from "../../ui/format.ts";
import { valueRows } from "../LineChart/plot/handle.ts";
import type { LineSeries, XAxis } from "../types.ts";

export interface AsTableProps {
  /** The same series that the chart draws. */
  series: readonly LineSeries[];
  x: XAxis;
  /** Names the table. */
  title: string;
  /** Height of the scrolling part, px. */
  height?: number;
  /** Rows at most; the rest is named below. */
  most?: number;
}

/** The points of a line chart as a table: one column a series, the exact value on hover. */
export function AsTable({ series, x, title, height = 260, most = 1000 }: AsTableProps) {
  const { t } = useTranslation();
  const rows = useMemo(() => [...valueRows(series, most + 1)], [series, most]);
  const shown = rows.slice(0, most);
  const position = (value: number) => (x.kind === "time" ? formatDuration(value) : formatCount(value));
  return (
    <div className="flex min-w-0 flex-col" style={{ height }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard */}
      <section aria-label={title} tabIndex={0} className="min-h-0 flex-1 overflow-auto">
        <table className="min-w-full text-sm">
          <caption className="sr-only">{title}</caption>
          <thead className="sticky top-0 bg-surface text-caption text-muted">
            <tr>
              <th scope="col" className="sticky left-0 h-8 bg-surface px-3 text-left font-normal">
                {x.label}
              </th>
              {series.map((each) => (
                <th key={each.id} scope="col" className="px-3 text-right font-normal whitespace-nowrap">
                  {each.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(([at, ...values]) => (
              <tr key={String(at)} className="h-7 border-t border-line">
                <th
                  scope="row"
                  className="sticky left-0 bg-surface px-3 text-left font-normal"
                  title={String(at)}
                >
                  {position(Number(at))}
                </th>
                {values.map((value, i) => (
                  <td
                    key={series[i]?.id}
                    className="px-3 text-right"
                    title={typeof value === "number" ? String(value) : ""}
                  >
                    {typeof value === "number" ? formatValue(value) : NONE}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > most && (
        <p className="pt-1 text-caption text-muted">
          {t("The first {{count}} positions; the CSV holds all.", { count: formatCount(most) })}
        </p>
      )}
    </div>
  );
}
