import { Camera, FileText, GitFork, Pause, Play, Save, Square, Star } from "lucide-react";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import type { PageAction } from "../../../ui/actions.ts";
import type { Commands } from "../live/useCommands.ts";

export interface RunActs {
  commands: Commands;
  /** Asks before it stops. */
  onStop: () => void;
  onStar: () => void;
  onGo: (href: string) => void;
}

/** Newest state that a person sees: what was asked for counts at once. */
export function shownState(run: Pick<Run, "state">, pending: string): string {
  if (pending === "pause") return "pausing";
  if (pending === "stop" || pending === "stop_now") return "stopping";
  if (pending === "resume") return "starting";
  return run.state;
}

/** The recipe of a run again; with a step it goes on from that checkpoint. */
export function forkHref(run: Pick<Run, "id">, step: number | null): string {
  return `/recipes/edit?from=${run.id}${step === null ? "" : `&fork=${step}`}`;
}

/** One-letter keys and the command bar. */
export function useRunActions(run: Run, lastStep: number | null, acts: RunActs): readonly PageAction[] {
  const { t } = useTranslation();
  const { commands } = acts;
  const isTraining = TRAINING_TASKS.has(run.task);
  const isRunning = run.state === "running";
  const star: PageAction = {
    id: "star",
    label: run.starred ? t("Take the star away") : t("Star this run"),
    icon: Star,
    shortcut: "*",
    act: acts.onStar,
  };
  const stop: PageAction = {
    id: "stop",
    label: t("Stop this run"),
    icon: Square,
    shortcut: "X",
    ...(canStop(run) ? {} : { why: t("It has ended.") }),
    act: acts.onStop,
  };
  if (!isTraining) return [stop, star];
  const command = (
    id: string,
    label: string,
    icon: typeof Pause,
    shortcut: string,
    isPossible = isRunning,
  ): PageAction => ({
    id,
    label,
    icon,
    shortcut,
    ...(isPossible ? {} : { why: t("The run does not run now.") }),
    act: () => void commands.send(id),
  });
  const resume: PageAction = {
    id: "resume",
    label: t("Resume"),
    icon: Play,
    shortcut: "P",
    act: () => void commands.send("resume"),
  };
  return [
    canResume(run) ? resume : command("pause", t("Pause"), Pause, "P"),
    command("checkpoint", t("Save a checkpoint now"), Save, "C"),
    command("evaluate", t("Evaluate now"), Camera, "E"),
    command("sample", t("Sample now"), FileText, "S", isRunning || run.state === "paused"),
    {
      id: "fork",
      label: t("Fork this run"),
      icon: GitFork,
      shortcut: "F",
      act: () => acts.onGo(forkHref(run, lastStep)),
    },
    stop,
    star,
  ];
}

export function canResume(run: Pick<Run, "state">): boolean {
  return run.state === "paused" || run.state === "interrupted";
}

export function canStop(run: Pick<Run, "state">): boolean {
  return !["completed", "failed", "stopped", "stopping"].includes(run.state);
}
