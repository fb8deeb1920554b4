import { Square } from "lucide-react";
import type { ReactNode } from "react";
import { tellRunError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Cloth } from "../../../ui/Cloth/Cloth.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatBytes, formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { type RunState, StatusPill } from "../../../ui/StatusPill/StatusPill.tsx";
import type { Progress } from "./useImportRun.ts";

export interface RunLineProps {
  /** What is made: "faq". */
  name: string;
  run: { id: string; state: string; reason: string; error: Record<string, unknown> | null };
  progress?: Progress | null;
  /** Where it leads once it is made. */
  href?: string | undefined;
  /** In words, what was made. */
  made?: string | undefined;
  /** Beside the error: what one can do. */
  fix?: ReactNode;
  onRetry?: () => void;
  /** Ends the run; offered until it is over. */
  onStop?: () => void;
}

function useWords(progress: Progress | null | undefined): string {
  const { t } = useTranslation();
  if (!progress) return "";
  const say = progress.unit === "bytes" ? formatBytes : formatCount;
  const unit = progress.unit === "bytes" ? "" : ` ${t(progress.unit)}`;
  return progress.total === null
    ? say(progress.done) + unit
    : t("{{done}} of {{total}}", { done: say(progress.done), total: say(progress.total) + unit });
}

/** A run that makes something, to its end: how far, what it made, or why it failed. */
export function RunLine({ name, run, progress, href, made, fix, onRetry, onStop }: RunLineProps) {
  const { t } = useTranslation();
  const words = useWords(progress);
  const isOver = ["completed", "failed", "stopped"].includes(run.state);
  const told = tellRunError(run);
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium wrap-anywhere">{href ? <Link href={href}>{name}</Link> : name}</span>
        <StatusPill
          state={run.state as RunState}
          {...(run.state === "running" ? { label: t("Working") } : {})}
        />
        <Link href={`/runs/${run.id}`} look="quiet" className="text-caption">
          {t("Its run")}
        </Link>
        {onStop && !isOver && (
          <Button size="small" icon={Square} isDisabled={run.state === "stopping"} onPress={onStop}>
            {t("Stop")}
          </Button>
        )}
      </div>
      {!isOver && progress && progress.total !== null && (
        <Cloth
          thin
          done={progress.done}
          total={progress.total || 1}
          name={t("Progress of {{name}}", { name })}
        />
      )}
      {!isOver && (
        <p role="status" className="text-caption text-muted tabular-nums">
          {words || (run.state === "running" ? t("It begins") : t("Waiting for its turn"))}
        </p>
      )}
      {made && run.state === "completed" && <p className="text-caption text-muted">{made}</p>}
      {run.state === "failed" && (
        <ErrorState
          what={told.what || t("The run failed.")}
          todo={told.todo}
          report={told.report}
          fix={fix}
          {...(onRetry ? { onRetry } : {})}
        />
      )}
      {run.state === "stopped" && (
        <p className="text-caption text-muted">{run.reason || t("It was stopped.")}</p>
      )}
    </div>
  );
}
