import { Check, OctagonAlert } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Banner } from "../Banner/Banner.tsx";
import { formatCount } from "../format.ts";
import { Icon } from "../Icon/Icon.tsx";
import { Flow } from "./Flow.tsx";
import { LedgerList, LedgerTable } from "./LedgerTable.tsx";
import { findGaps, formatTokens, type LedgerLoss, type LedgerStage } from "./weave.ts";

export type { LedgerLoss, LedgerStage } from "./weave.ts";

export interface LedgerProps {
  /** From raw to trained, in order. */
  stages: readonly LedgerStage[];
  /** Every difference between two stages, with its reason. A negative value came in. */
  losses: readonly LedgerLoss[];
  /** The flow of threads, or the exact numbers as a table. */
  view?: "flow" | "table";
}

function useSentence(stages: readonly LedgerStage[]): string {
  const { t } = useTranslation();
  const first = stages[0];
  const last = stages.at(-1);
  return t("Token ledger: of {{raw}} raw tokens {{trained}} are trained; the table lists every reason.", {
    raw: formatTokens(first?.value ?? 0),
    trained: formatTokens(last?.value ?? 0),
  });
}

/** Where every token went. If the numbers do not add up it says so before anything else. */
export function Ledger({ stages, losses, view = "flow" }: LedgerProps) {
  const { t } = useTranslation();
  const sentence = useSentence(stages);
  const gaps = findGaps(stages, losses);
  return (
    <div className="grid min-w-0 gap-3">
      {gaps.length > 0 && (
        <Banner level="danger">
          <strong>{t("The numbers do not add up.")}</strong>
          {gaps.map(({ from, to, unexplained }) => (
            <span key={to.label} className="block">
              {t("{{amount}} tokens between {{from}} and {{to}} have no reason.", {
                amount: formatCount(Math.abs(unexplained)),
                from: from.label,
                to: to.label,
              })}
            </span>
          ))}
        </Banner>
      )}
      {view === "table" ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard
        <section aria-label={t("Ledger as a table")} tabIndex={0} className="overflow-x-auto">
          <LedgerTable stages={stages} losses={losses} />
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
    </div>
  );
}

/** The proof for the footer of the panel, computed from the numbers. */
export function LedgerProof({ stages, losses }: Pick<LedgerProps, "stages" | "losses">) {
  const { t } = useTranslation();
  const holds = findGaps(stages, losses).length === 0;
  return (
    <>
      <span
        className={`inline-flex items-center gap-1.5 font-medium ${holds ? "text-positive" : "text-danger"}`}
      >
        <Icon of={holds ? Check : OctagonAlert} />
        {holds ? t("The numbers add up") : t("The numbers do not add up")}
      </span>
      <span>{t("one thread is 1 % of the raw tokens")}</span>
    </>
  );
}
