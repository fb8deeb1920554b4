import type { Validation } from "../../../data/looking/inspection.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import type { Finding } from "../../../ui/Findings/Findings.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { LEVELS, shareOf } from "../numbers/health/findings.tsx";

export interface HealthPart {
  /** The health report; null while it comes. */
  validation: Validation | null;
  error?: unknown;
  onRetry?: () => void;
  /** Starts the run that looks at all rows. */
  onInspect: () => void;
  /** Whether that run is at work. */
  isLooking?: boolean;
}

/** Findings of the import that the health report tells, too, where it has them. */
const SAME: Record<string, string> = { twins: "health-duplicates", split: "health-empty_split" };

/** Both, the most serious first, and nothing told twice. */
export function together(ofImport: readonly Finding[], ofHealth: readonly Finding[]): Finding[] {
  const told = new Set(ofHealth.map(({ id }) => id));
  const order = ["danger", "warning", "info", "ok"];
  return [...ofImport.filter(({ id }) => !told.has(SAME[id] ?? "")), ...ofHealth].sort(
    (a, b) => order.indexOf(a.level) - order.indexOf(b.level),
  );
}

/** What the health report found beside the import, or that nothing looked for it yet. */
export function useHealthFindings(part: HealthPart, href: string): Finding[] {
  const { validation, error, onRetry, onInspect, isLooking } = part;
  const { t } = useTranslation();
  const health = `${href}?tab=health`;
  if (error) {
    return [
      {
        id: "health",
        level: "info",
        title: t("The texts could not be looked at"),
        detail: tellError(error).what,
        ...(onRetry
          ? {
              actions: (
                <Button size="small" onPress={onRetry}>
                  {t("Try again")}
                </Button>
              ),
            }
          : {}),
      },
    ];
  }
  if (!validation) return [{ id: "health", level: "info", title: t("Looking at the texts") }];
  if (!validation.known) {
    return [
      {
        id: "health",
        level: "info",
        title: t("The texts were not looked at yet"),
        detail: t(
          "Personal data, broken letters, leakage and contradictions are found by a run that reads all {{rows}} rows.",
          { rows: formatCount(validation.rows) },
        ),
        ...(isLooking
          ? {}
          : {
              actions: (
                <Button size="small" onPress={onInspect}>
                  {t("Look at all rows")}
                </Button>
              ),
            }),
      },
    ];
  }
  const found = validation.findings
    .filter(({ details }) => details.is_quarantined !== true)
    .map(
      (finding): Finding => ({
        id: `health-${finding.id}`,
        level: LEVELS[finding.severity],
        title: finding.title,
        detail: t("{{rows}} rows, {{share}}: {{why}}", {
          rows: formatCount(finding.count),
          share: shareOf(finding),
          why: finding.why,
        }),
        actions: <Link href={health}>{t("See why")}</Link>,
      }),
    );
  if (found.length > 0) return found;
  return [
    {
      id: "health",
      level: "ok",
      title: t("The checks of the texts found nothing more"),
      detail: t("All {{rows}} rows were looked at.", { rows: formatCount(validation.rows) }),
      actions: <Link href={health}>{t("See the checks")}</Link>,
    },
  ];
}
