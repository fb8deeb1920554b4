import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { Findings } from "../../../ui/Findings/Findings.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { readReport } from "../facts/report.ts";
import { useFindings } from "./useFindings.tsx";

export interface ReportPanelProps {
  /** As the server gives it; null while it comes. */
  report: Record<string, unknown> | null;
  error?: unknown;
  onRetry?: () => void;
  href: string;
  importHref: string;
}

/** What the import found, each with its next step. */
export function ReportPanel({ report, error, onRetry, href, importHref }: ReportPanelProps) {
  const { t } = useTranslation();
  const items = useFindings(readReport(report ?? {}), { href, importHref });
  const open = items.filter(({ level }) => level !== "ok").length;
  const status = error ? "error" : report === null ? "loading" : "ready";
  return (
    <Panel
      title={t("Quality")}
      count={
        status === "ready"
          ? open === 0
            ? t("nothing needs a look")
            : t("{{count}} findings", { count: open, defaultValue_one: "{{count}} finding" })
          : undefined
      }
      flush
      status={status}
      loading={<LoadingState text={t("Reading the report of the import")} height={200} />}
      error={<ErrorState {...tellError(error)} {...(onRetry ? { onRetry } : {})} />}
    >
      <Findings items={items} label={t("Findings of the import")} />
    </Panel>
  );
}
