import { useTranslation } from "../../i18n/i18n.ts";
import { formatCount, formatPercent } from "../format.ts";
import { formatChange, formatTokens, type LedgerLoss, type LedgerStage } from "./weave.ts";

export interface LedgerTableProps {
  stages: readonly LedgerStage[];
  losses: readonly LedgerLoss[];
}

const reasonsOf = (losses: readonly LedgerLoss[], stage: number) =>
  losses.filter(({ afterStage }) => afterStage === stage - 1);
const signed = (value: number) => (value > 0 ? `−${formatCount(value)}` : `+${formatCount(-value)}`);

/** The same numbers as a table: every stage, every reason, exact. */
export function LedgerTable({ stages, losses }: LedgerTableProps) {
  const { t } = useTranslation();
  const raw = stages[0]?.value || 1;
  const cell = "border-b border-line px-2 py-1.5 first:pl-0 last:pr-0";
  return (
    <table className="w-full">
      <caption className="sr-only">{t("Token ledger")}</caption>
      <thead className="text-xs text-muted">
        <tr>
          <th scope="col" className={`${cell} text-left font-medium`}>
            {t("Stage")}
          </th>
          <th scope="col" className={`${cell} text-left font-medium`}>
            {t("Why")}
          </th>
          <th scope="col" className={`${cell} text-right font-medium`}>
            {t("Tokens")}
          </th>
          <th scope="col" className={`${cell} text-right font-medium`}>
            {t("Of raw")}
          </th>
        </tr>
      </thead>
      <tbody>
        {stages.flatMap(({ label, value }, stage) => [
          ...reasonsOf(losses, stage).map((loss) => (
            <tr key={`${label}-${loss.label}`} className="text-muted">
              <td className={cell} />
              <td className={cell}>{loss.label}</td>
              <td className={`${cell} text-right`}>{signed(loss.value)}</td>
              <td className={`${cell} text-right`}>{formatPercent(Math.abs(loss.value) / raw, 1)}</td>
            </tr>
          )),
          <tr key={label}>
            <th scope="row" className={`${cell} text-left`}>
              {label}
            </th>
            <td className={cell} />
            <td className={`${cell} text-right font-semibold`}>{formatCount(value)}</td>
            <td className={`${cell} text-right`}>{formatPercent(value / raw, 1)}</td>
          </tr>,
        ])}
      </tbody>
    </table>
  );
}

/** The same numbers as a list, for phones. */
export function LedgerList({ stages, losses }: LedgerTableProps) {
  return (
    <dl className="tabular-nums">
      {stages.map(({ label, value }, stage) => (
        <div key={label} className="flex justify-between gap-3 border-t border-line py-1.5 first:border-t-0">
          <dt>{label}</dt>
          <dd className="text-right" title={String(value)}>
            {reasonsOf(losses, stage).map((loss) => (
              <span key={loss.label} className="mr-2 inline-block text-xs text-muted">
                {formatChange(-loss.value)} {loss.label}
              </span>
            ))}
            <span className="font-semibold whitespace-nowrap">{formatTokens(value)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
