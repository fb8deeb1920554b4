import { GitFork, Pause, Play, Save, Square, Star } from "lucide-react";
import type { LiveRun } from "../../../data/live/stream.ts";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import type { Annotation, Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { type RunState, StatusPill } from "../../../ui/StatusPill/StatusPill.tsx";
import { ThreadLine } from "../../../ui/ThreadLine/ThreadLine.tsx";
import { threadOf } from "../../../ui/thread.ts";
import type { Method } from "../facts/method.ts";
import { RunMenu } from "./RunMenu.tsx";
import { RunTitle } from "./RunTitle.tsx";
import { useOrigins } from "./useOrigins.tsx";
import { canResume, canStop, shownState } from "./useRunActions.ts";

export interface RunHeaderProps {
  run: Run;
  spec: Record<string, unknown>;
  others: readonly LiveRun[];
  /** How it learns, once that is known. */
  method: Method | null;
  /** Command under way. */
  pending: string;
  /** `RUN@STEP` of the newest checkpoint. */
  model: string;
  onSend: (command: string, values?: Record<string, unknown>) => void;
  onFork: () => void;
  onStop: (isNow: boolean) => void;
  onDrill: () => void;
  onReproduce: () => void;
  onRename: (name: string) => Promise<boolean>;
  onAnnotate: (change: Annotation) => void;
  onDelete: () => void;
}

/** The run, what it was made of, and what can be done with it. */
export function RunHeader(props: RunHeaderProps) {
  const { run, spec, others, pending } = props;
  const { t } = useTranslation();
  const isTraining = TRAINING_TASKS.has(run.task);
  const origins = useOrigins(run, spec, others, props.method);
  const state = shownState(run, pending) as RunState;
  const working = state === "running" && !isTraining ? { label: t("Working") } : {};
  return (
    <PageHeader
      before={run.ordinal === null ? undefined : <ThreadLine thread={threadOf(run.ordinal)} />}
      title={<RunTitle name={run.name} onRename={props.onRename} />}
      after={
        <>
          <StatusPill state={state} {...working} />
          {run.starred && (
            <span role="img" aria-label={t("Starred")} className="text-warning">
              <Icon of={Star} />
            </span>
          )}
        </>
      }
      sub={origins}
      actions={
        <>
          {isTraining && <SteeringButtons {...props} />}
          {canStop(run) && (
            <Button
              look="danger"
              icon={Square}
              isPending={pending.startsWith("stop")}
              onPress={() => props.onStop(false)}
            >
              {t("Stop")}
            </Button>
          )}
          <RunMenu
            run={run}
            model={props.model}
            spec={spec}
            isTraining={isTraining}
            onSend={props.onSend}
            onStopNow={() => props.onStop(true)}
            onDrill={props.onDrill}
            onReproduce={props.onReproduce}
            onAnnotate={props.onAnnotate}
            onDelete={props.onDelete}
          />
        </>
      }
    />
  );
}

function SteeringButtons({ run, pending, onSend, onFork }: RunHeaderProps) {
  const { t } = useTranslation();
  const isRunning = run.state === "running";
  return (
    <>
      {isRunning && (
        <Button icon={Pause} isPending={pending === "pause"} onPress={() => onSend("pause")}>
          {pending === "pause" ? t("Pausing…") : t("Pause")}
        </Button>
      )}
      {canResume(run) && (
        <Button look="primary" icon={Play} isPending={pending === "resume"} onPress={() => onSend("resume")}>
          {pending === "resume" ? t("Resuming…") : t("Resume")}
        </Button>
      )}
      {isRunning && (
        <Button
          icon={Save}
          className="max-md:hidden"
          isPending={pending === "checkpoint"}
          onPress={() => onSend("checkpoint")}
        >
          {pending === "checkpoint" ? t("Saving…") : t("Save checkpoint")}
        </Button>
      )}
      <Button icon={GitFork} className={isRunning ? "max-sm:hidden" : ""} onPress={onFork}>
        {t("Fork")}
      </Button>
    </>
  );
}
