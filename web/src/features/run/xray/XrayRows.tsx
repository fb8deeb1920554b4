import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Checkbox } from "../../../ui/Checkbox/Checkbox.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { type OnLeaveOut, rowHref, type XrayRow } from "./xrays.ts";

export interface XrayRowsProps {
  /** Worst first. */
  rows: readonly XrayRow[];
  /** Rows of the step; those with less loss are not named. */
  total: number;
  dataset: string;
  /** Step of the newest checkpoint before the step that was looked at. */
  before: number | null;
  onLeaveOut: OnLeaveOut;
}

const FEW = 8;

/** Rows of a step, worst first; chosen ones can be left out in a new run. */
export function XrayRows({ rows, total, dataset, before, onLeaveOut }: XrayRowsProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [isAll, setAll] = useState(false);
  const shown = isAll ? rows : rows.slice(0, FEW);
  const top = Math.max(0, ...rows.map(({ loss }) => loss).filter(Number.isFinite)) || 1;
  const choose = (row: number, isOn: boolean) => {
    const next = new Set(chosen);
    if (isOn) next.add(row);
    else next.delete(row);
    setChosen(next);
  };
  const unnamed = total - rows.length;
  return (
    <section className="min-w-0">
      <h3 className="mb-1 font-semibold">{t("Rows by loss, worst first")}</h3>
      {rows.length === 0 && <p className="text-muted">{t("No row of this step was learned.")}</p>}
      <ul aria-label={t("Rows by loss")} className="m-0 list-none p-0">
        {shown.map((each, place) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: both answers of a pair have the row's number
            key={place}
            {...each}
            top={top}
            home={each.dataset ?? dataset}
            isChosen={chosen.has(each.row)}
            onChoose={(isOn) => choose(each.row, isOn)}
          />
        ))}
      </ul>
      {isAll && unnamed > 0 && (
        <p className="pt-1 text-caption text-muted">
          {t("and {{count}} more with less loss", { count: unnamed })}
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button
          isDisabled={chosen.size === 0}
          why={t("Tick the rows to leave out.")}
          onPress={() => onLeaveOut([...chosen], null)}
        >
          {t("Leave these rows out in a new run")}
        </Button>
        {before !== null && (
          <Button
            isDisabled={chosen.size === 0}
            why={t("Tick the rows to leave out.")}
            onPress={() => onLeaveOut([...chosen], before)}
          >
            {t("Leave them out and go on from step {{step}}", { step: formatCount(before) })}
          </Button>
        )}
        {rows.length > FEW && (
          <Button look="ghost" onPress={() => setAll(!isAll)}>
            {isAll ? t("Show fewer") : t("Show all {{count}}", { count: rows.length })}
          </Button>
        )}
      </div>
      {rows.length > 0 && (
        <p role="status" className="mt-1 text-caption text-muted">
          {chosen.size === 0
            ? t("Choose the rows that spoil it. Nothing happens to the dataset.")
            : t("{{count}} rows chosen", { count: chosen.size, defaultValue_one: "One row chosen" })}
        </p>
      )}
    </section>
  );
}

interface RowProps extends XrayRow {
  top: number;
  /** Name of the dataset that it belongs to. */
  home: string;
  isChosen: boolean;
  onChoose: (isOn: boolean) => void;
}

function Row({ row, loss, units, top, home, dataset, isChosen, onChoose }: RowProps) {
  const { t } = useTranslation();
  const number = formatCount(row);
  const name = dataset
    ? t("Row {{row}} of {{dataset}}", { row: number, dataset })
    : t("Row {{row}}", { row: number });
  const share = Math.max(0, Math.min(100, (loss / top) * 100));
  const words = Number.isFinite(loss) ? formatValue(loss, 3) : t("no number");
  return (
    <li className="grid min-h-8 grid-cols-[minmax(96px,auto)_minmax(32px,1fr)_auto_auto] items-center gap-3">
      {dataset ? (
        <span className="wrap-anywhere">{name}</span>
      ) : (
        <Checkbox label={name} value={isChosen} onChange={onChoose} />
      )}
      <span aria-hidden="true" className="h-2 rounded-mark bg-sunken">
        <i className="block h-full rounded-mark bg-accent-line" style={{ width: `${share}%` }} />
      </span>
      <span
        className="text-right tabular-nums"
        title={t("{{loss}} on average over {{count}} tokens", { loss: words, count: units })}
      >
        {words}
      </span>
      {home && (
        <Link href={rowHref(home, row)} aria-label={t("Open {{row}}", { row: name })} className="py-1">
          {t("Open")}
        </Link>
      )}
    </li>
  );
}
