import type { Estimate } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { LEVEL_ICONS } from "../../../ui/Findings/Findings.tsx";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { Link } from "../../../ui/Link/Link.tsx";

export interface DataVerdictProps {
  outlook: NonNullable<Estimate["data"]>;
  /** Reference of the dataset; empty where none is chosen. */
  dataset: string;
  onFocus: (field: string) => void;
}

const LEVELS = { ready: "ok", warnings: "warning", not_ready: "danger", unknown: "info" } as const;

/** What the data doctor says of the chosen dataset, and what this recipe loses of its rows. */
export function DataVerdict({ outlook, dataset, onFocus }: DataVerdictProps) {
  const { t } = useTranslation();
  if (dataset === "" || (outlook.verdict === "unknown" && outlook.reasons.length === 0)) return null;
  const words = {
    ready: t("The data is ready."),
    warnings: t("The data is ready, with warnings:"),
    not_ready: t("The data is not ready:"),
    unknown: t("The data was not looked at yet."),
  };
  const { icon, color } = LEVEL_ICONS[LEVELS[outlook.verdict]];
  return (
    <section aria-label={t("The data")} className="mt-3 border-t border-line pt-3">
      <p className="flex items-start gap-2">
        <Icon of={icon} className={`mt-0.5 ${color}`} />
        <span>
          {words[outlook.verdict]}{" "}
          <Link
            href={`/data/${encodeURIComponent(dataset)}?tab=health`}
            className="underline underline-offset-2"
          >
            {t("Its health")}
          </Link>
        </span>
      </p>
      <ul className="mt-1 grid gap-1 pl-6 text-caption text-muted">
        {outlook.reasons.map(({ id, field, message, fix }) => (
          <li key={`${id} ${field}`}>
            <button
              type="button"
              onClick={() => onFocus(field)}
              className="min-h-6 rounded-mark text-left text-text-2 underline underline-offset-2"
            >
              {message}
            </button>{" "}
            {fix}
          </li>
        ))}
      </ul>
    </section>
  );
}
