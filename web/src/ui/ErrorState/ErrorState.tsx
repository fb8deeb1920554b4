import { OctagonAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { CopyButton } from "../CopyButton/CopyButton.tsx";
import { Icon } from "../Icon/Icon.tsx";

export interface ErrorStateProps {
  /** What happened: "Samples stopped at step 9,000". */
  what: string;
  /** Why, and what stays safe. */
  why?: ReactNode;
  /** What to do. */
  todo?: ReactNode;
  /** The button that removes the cause. */
  fix?: ReactNode;
  /** Repeats what failed. */
  onRetry?: () => void;
  /** While it is being repeated. */
  isRetrying?: boolean;
  /** What "Copy report" copies: the facts a helper needs. */
  report?: string;
}

/** What, why, what stays safe, what to do; then fix, try again, copy report. */
export function ErrorState({ what, why, todo, fix, onRetry, isRetrying = false, report }: ErrorStateProps) {
  const { t } = useTranslation();
  return (
    <div role="alert" className="grid gap-1.5 py-1">
      <div className="flex items-start gap-2 font-semibold">
        <Icon of={OctagonAlert} className="mt-0.5 text-danger" />
        <span className="min-w-0 wrap-anywhere">{what}</span>
      </div>
      {why !== undefined && <p className="max-w-[70ch] wrap-anywhere text-muted">{why}</p>}
      {todo !== undefined && <p className="max-w-[70ch] wrap-anywhere text-muted">{todo}</p>}
      <div className="mt-1 flex flex-wrap items-center gap-2">
        {fix}
        {onRetry && (
          <Button size="small" look={fix ? "ghost" : "secondary"} onPress={onRetry} isPending={isRetrying}>
            {t("Try again")}
          </Button>
        )}
        {report !== undefined && <CopyButton text={report} label={t("Copy report")} />}
      </div>
    </div>
  );
}
