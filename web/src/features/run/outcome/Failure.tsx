import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Banner } from "../../../ui/Banner/Banner.tsx";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";

export interface FailureProps {
  run: Pick<Run, "id" | "name" | "task" | "state" | "reason" | "error" | "step">;
  /** Step of the newest checkpoint. */
  lastSaved: number | null;
  isTraining: boolean;
  isStarting: boolean;
  onAgain: () => void;
  /** Opens the recipe with its settings. */
  onRecipe: () => void;
  /** Step of the newest checkpoint before what went wrong. */
  forkAt: number | null;
  /** Opens them to go on from there. */
  onFork: () => void;
}

/** What would only happen again with the same settings. */
const BY_SETTINGS = new Set(["not_finite", "diverged"]);

function asSentence(text: string): string {
  return text === "" || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What happened, why, what stays safe, what to do: and the button that does it. A run that was asked to end has no fault. */
export function Failure(props: FailureProps) {
  const { run, lastSaved, isTraining, isStarting, onAgain, onRecipe, forkAt, onFork } = props;
  const { t } = useTranslation();
  const error = run.error ?? {};
  const message = asSentence(String(error.message ?? run.reason ?? ""));
  const step = run.step ? formatCount(run.step) : null;
  const what = step
    ? t("{{name}} failed at step {{step}}", { name: run.name, step })
    : t("{{name}} failed", { name: run.name });
  const needsChange = BY_SETTINGS.has(String(error.code)) && isTraining;
  const safe =
    lastSaved === null
      ? isTraining
        ? t("No checkpoint was made.")
        : ""
      : needsChange
        ? t("The newest checkpoint is that of step {{step}}.", { step: formatCount(lastSaved) })
        : t("The checkpoint of step {{step}} is safe.", { step: formatCount(lastSaved) });
  const label =
    lastSaved !== null && isTraining ? t("Start again from the last checkpoint") : t("Start again");
  if (run.state === "interrupted")
    return (
      <Banner
        level="info"
        action={
          <Button size="small" look="primary" isPending={isStarting} onPress={onAgain}>
            {t("Resume")}
          </Button>
        }
      >
        {[t("Interrupted:"), message, safe].filter(Boolean).join(" ")}
      </Banner>
    );
  return (
    <Panel>
      <ErrorState
        what={what}
        why={[message, safe].filter(Boolean).join(" ")}
        {...(error.hint ? { todo: String(error.hint) } : {})}
        fix={
          <>
            {needsChange && forkAt !== null && (
              <Button size="small" look="primary" onPress={onFork}>
                {t("Fork from step {{step}} with other settings", { step: formatCount(forkAt) })}
              </Button>
            )}
            {!needsChange && (
              <Button size="small" look="primary" isPending={isStarting} onPress={onAgain}>
                {label}
              </Button>
            )}
            {isTraining && (
              <Button size="small" onPress={onRecipe}>
                {t("Change the recipe")}
              </Button>
            )}
          </>
        }
        report={JSON.stringify({ ...run, lastSaved }, null, 2)}
      />
    </Panel>
  );
}
