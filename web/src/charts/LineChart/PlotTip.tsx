import { useTranslation } from "../../i18n/i18n.ts";
import { formatDelta, formatValue } from "../../ui/format.ts";
import { Swatch } from "../parts/Swatch.tsx";
import { Tip } from "../parts/Tip.tsx";
import type { XAxis } from "../types.ts";
import type { Line } from "./plot/model.ts";
import { capital, type Reading, xWords } from "./summary.ts";

export interface PlotTipProps {
  x: XAxis;
  at: number;
  readings: readonly Reading[];
  baselineId: string | undefined;
  left: number;
  top: number;
  width: number;
  height: number;
}

const MOST = 12;
const NUMBER = "pl-3 text-right font-mono text-xs font-normal tabular-nums";

/** The values at the cursor, greatest first, with the difference to the baseline. */
export function PlotTip({ x, at, readings, baselineId, ...place }: PlotTipProps) {
  const { t } = useTranslation();
  const hasRaw = readings.some((each) => each.raw !== undefined);
  const hasBase = readings.some((each) => each.delta !== undefined);
  return (
    <Tip {...place}>
      <table data-part="tip" className="border-collapse">
        <thead>
          <tr className="text-left">
            <th scope="col" className="font-semibold">
              {capital(xWords(t, x, at))}
            </th>
            <td />
            {hasRaw && <th className={`${NUMBER} text-muted`}>{t("raw")}</th>}
            {hasBase && <th className={`${NUMBER} text-muted`}>Δ</th>}
          </tr>
        </thead>
        <tbody>
          {readings.slice(0, MOST).map((each) => (
            <tr key={each.line.id}>
              <Name line={each.line} />
              <td className={NUMBER}>{formatValue(each.value)}</td>
              {hasRaw && (
                <td className={`${NUMBER} text-muted`}>
                  {each.raw === undefined ? "" : formatValue(each.raw)}
                </td>
              )}
              {hasBase && (
                <td className={NUMBER}>
                  {each.line.id === baselineId
                    ? "·"
                    : each.delta === undefined
                      ? ""
                      : formatDelta(each.delta, 2)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {readings.length > MOST && (
        <p className="text-muted">
          {t("and {{count}} more lines", {
            count: readings.length - MOST,
            defaultValue_one: "and {{count}} more line",
          })}
        </p>
      )}
      {readings.length === 0 && <p className="text-muted">{t("No value here")}</p>}
    </Tip>
  );
}

function Name({ line }: { line: Line }) {
  return (
    <th scope="row" className="max-w-40 text-left font-normal text-muted">
      <span className="flex items-center gap-1.5">
        <Swatch thread={line.thread} isSolid={line.isSolid} />
        <span className="truncate">{line.label}</span>
      </span>
    </th>
  );
}
