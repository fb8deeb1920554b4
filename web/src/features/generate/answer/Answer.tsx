import { Square } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { CopyButton } from "../../../ui/CopyButton/CopyButton.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { type Generation, isBusy, type Stage } from "./useGeneration.ts";

export interface AnswerProps {
  /** Name of the model. */
  title: string;
  answer: Generation;
  /** Shown before the answer, muted: the text that is continued. */
  prompt?: string;
  onStop: () => void;
  onRetry: () => void;
}

function useStageWords(): Record<Stage, string> {
  const { t } = useTranslation();
  return {
    idle: "",
    queued: t("Waits for a free place…"),
    starting: t("Starting…"),
    loading: t("Loading the model…"),
    writing: t("Writing…"),
    done: "",
    stopped: t("Stopped"),
    failed: "",
  };
}

/** What a model writes, as it comes. */
export function Answer({ title, answer, prompt, onStop, onRetry }: AnswerProps) {
  const { t } = useTranslation();
  const { stage, text, problem, tokens, tokensPerSecond, run } = answer;
  const words = useStageWords()[stage];
  const status = stage === "idle" ? "empty" : stage === "failed" ? "error" : "ready";
  return (
    <Panel
      title={title}
      count={words || undefined}
      status={status}
      empty={
        <EmptyState
          title={t("Nothing is written yet")}
          text={t("The text stands here while the model writes it.")}
        />
      }
      error={
        <ErrorState
          what={problem?.detail || t("The text could not be written")}
          {...(problem?.hint ? { todo: problem.hint } : {})}
          {...(run ? { fix: <Link href={`/runs/${run}`}>{t("Open its run")}</Link> } : {})}
          onRetry={onRetry}
          report={JSON.stringify({ run, problem })}
        />
      }
      tools={
        isBusy(stage) ? (
          <Button size="small" look="danger" icon={Square} onPress={onStop}>
            {t("Stop")}
          </Button>
        ) : text ? (
          <CopyButton text={text} />
        ) : undefined
      }
      footer={
        stage === "done" ? (
          <>
            <span>{t("{{tokens}} tokens", { tokens: formatCount(tokens) })}</span>
            <span title={String(tokensPerSecond)}>
              {t("{{speed}} tok/s", { speed: formatValue(tokensPerSecond, 3) })}
            </span>
            {run && (
              <Link href={`/runs/${run}`} className="ml-auto">
                {t("Open its run")}
              </Link>
            )}
          </>
        ) : undefined
      }
    >
      <p
        aria-live="polite"
        aria-busy={isBusy(stage)}
        className="min-h-30 max-w-[80ch] text-md wrap-anywhere whitespace-pre-wrap"
      >
        {prompt && <span className="text-muted">{prompt}</span>}
        {text}
        {stage === "done" && text === "" && <em className="text-muted">{t("The model ended at once.")}</em>}
        {stage === "writing" && <span aria-hidden="true" className="ml-0.5 border-r-2 border-accent-line" />}
      </p>
    </Panel>
  );
}
