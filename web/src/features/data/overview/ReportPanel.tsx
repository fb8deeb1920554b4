import type { ReactNode } from "react";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { Findings } from "../../../ui/Findings/Findings.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { readReport } from "../facts/report.ts";
import { useFindings } from "./useFindings.tsx";
import { type HealthPart, together, useHealthFindings } from "./useHealthFindings.tsx";

export interface ReportPanelProps {
  /** As the server gives it; null while it comes. */
  report: Record<string, unknown> | null;
  error?: unknown;
  onRetry?: () => void;
  href: string;
  importHref: string;
  /** What the health report says of the same rows. */
  health: HealthPart;
  /** The run that is looking at all rows. */
  watch?: ReactNode;
}

/** What the import and the health report found, each with its next step, and what nothing looked at yet. */
export function ReportPanel({ report, error, onRetry, href, importHref, health, watch }: ReportPanelProps) {
  const { t } = useTranslation();
  const ofImport = useFindings(readReport(report ?? {}), { href, importHref });
  const items = together(ofImport, useHealthFindings(health, href));
  const open = items.filter(({ id, level }) => level !== "ok" && id !== "health").length;
  const summary = useSummary(open, health);
  const status = error ? "error" : report === null ? "loading" : "ready";
  return (
    <Panel
      title={t("Quality")}
      count={status === "ready" ? summary : undefined}
      flush
      status={status}
      loading={<LoadingState text={t("Reading the report of the import")} height={200} />}
      error={<ErrorState {...tellError(error)} {...(onRetry ? { onRetry } : {})} />}
    >
      <Findings items={items} label={t("Findings of the import and the health report")} />
      {watch && <div className="border-t border-line p-4">{watch}</div>}
    </Panel>
  );
}

/** How much was found, as far as it is known; nothing is called fine before the texts were looked at. */
function useSummary(open: number, { validation, error }: HealthPart): string | undefined {
  const { t } = useTranslation();
  const found = t("{{count}} findings", { count: open, defaultValue_one: "{{count}} finding" });
  if (!validation && !error) return open > 0 ? found : undefined;
  if (validation?.known && !error) return open > 0 ? found : t("nothing needs a look");
  if (open === 0) return t("texts not looked at yet");
  return t("{{found}} in the import, texts not looked at yet", { found });
}
