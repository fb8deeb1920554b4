import { Check, OctagonAlert } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatPercent } from "../../../ui/format.ts";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { Flow } from "../../../ui/Ledger/Flow.tsx";
import { LedgerList } from "../../../ui/Ledger/LedgerTable.tsx";
import { findGaps, type LedgerLoss, type LedgerStage } from "../../../ui/Ledger/weave.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";

export interface RowLedgerProps {
  /** From raw to usable, in rows. */
  stages: readonly LedgerStage[];
  losses: readonly LedgerLoss[];
  view: "flow" | "table";
  onView: (view: "flow" | "table") => void;
}

function Table({ stages, losses }: Pick<RowLedgerProps, "stages" | "losses">) {
  const { t } = useTranslation();
  const raw = stages[0]?.value || 1;
  const cell = "border-b border-line px-2 py-1.5 first:pl-0 last:pr-0";
  const heads = [t("Stage"), t("Why"), t("Rows"), t("Of raw")];
  const line = (key: string, first: string, second: string, value: number, sign: string) => (
    <tr key={key} className={sign ? "text-muted" : ""}>
      <td className={`${cell} font-medium`}>{first}</td>
      <td className={cell}>{second}</td>
      <td className={`${cell} text-right`}>{sign + formatCount(value)}</td>
      <td className={`${cell} text-right`}>{formatPercent(value / raw, 1)}</td>
    </tr>
  );
  return (
    <table className="w-full tabular-nums">
      <caption className="sr-only">{t("Row ledger")}</caption>
      <thead className="text-xs text-muted">
        <tr>
          {heads.map((head, place) => (
            <th
              key={head}
              scope="col"
              className={`${cell} font-medium ${place > 1 ? "text-right" : "text-left"}`}
            >
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {stages.flatMap(({ label, value }, stage) => [
          ...losses
            .filter(({ afterStage }) => afterStage === stage - 1)
            .map((loss) => line(`${label} ${loss.label}`, "", loss.label, loss.value, "−")),
          line(label, label, "", value, ""),
        ])}
      </tbody>
    </table>
  );
}

/** Where every row went, from the file to what can be trained on. */
export function RowLedger({ stages, losses, view, onView }: RowLedgerProps) {
  const { t } = useTranslation();
  const raw = stages[0]?.value ?? 0;
  const kept = stages.at(-1)?.value ?? 0;
  const holds = findGaps(stages, losses).length === 0;
  const sentence = t("Row ledger: of {{raw}} raw rows {{kept}} can be used; the table lists every reason.", {
    raw: formatCount(raw),
    kept: formatCount(kept),
  });
  return (
    <Panel
      title={t("Row ledger")}
      count={
        raw > 0 &&
        t("{{share}} of the raw rows can be used", { share: formatPercent(kept / raw, kept === raw ? 0 : 1) })
      }
      tools={
        <Segmented
          label={t("How the ledger is shown")}
          size="small"
          options={[
            { id: "flow", label: t("Flow") },
            { id: "table", label: t("Table") },
          ]}
          value={view}
          onChange={onView}
        />
      }
      footer={
        <>
          <span
            className={`inline-flex items-center gap-1.5 font-medium ${holds ? "text-positive" : "text-danger"}`}
          >
            <Icon of={holds ? Check : OctagonAlert} />
            {holds ? t("The numbers add up") : t("The numbers do not add up")}
          </span>
          <span>{t("one thread is 1 % of the raw rows")}</span>
        </>
      }
    >
      {view === "table" ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard
        <section aria-label={t("Ledger as a table")} tabIndex={0} className="overflow-x-auto">
          <Table stages={stages} losses={losses} />
        </section>
      ) : (
        <>
          <div className="max-sm:hidden">
            <Flow stages={stages} losses={losses} sentence={sentence} />
          </div>
          <div className="sm:hidden">
            <LedgerList stages={stages} losses={losses} />
          </div>
        </>
      )}
    </Panel>
  );
}
