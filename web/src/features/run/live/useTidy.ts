import { useQueryClient } from "@tanstack/react-query";
import type { LiveRun } from "../../../data/live/stream.ts";
import { applyNews, workspaceStore } from "../../../data/live/workspace.ts";
import {
  type Annotation,
  annotateRun,
  type Checkpoint,
  checkpointsQuery,
  deleteCheckpoint,
  deleteRun,
  type Run,
  refreshRuns,
  showChange,
} from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount } from "../../../ui/format.ts";
import { toast, undoToast } from "../../../ui/Toast/toast.ts";

const UNDO_SECONDS = 10;

export interface Tidy {
  annotate: (change: Annotation) => Promise<boolean>;
  remove: () => void;
  removeCheckpoint: (checkpoint: Checkpoint) => void;
}

function fail(error: unknown): void {
  toast({ message: (error as Error).message, tone: "danger" });
}

/** Sent when the time for undo is over. */
function later(message: string, undo: string, takeBack: () => void, act: () => Promise<unknown>): void {
  const timer = window.setTimeout(() => {
    act().catch((error: unknown) => {
      takeBack();
      fail(error);
    });
  }, UNDO_SECONDS * 1000);
  undoToast(
    message,
    undo,
    () => {
      window.clearTimeout(timer);
      takeBack();
    },
    UNDO_SECONDS,
  );
}

/** Names, stars, the archive, and deletions that can be taken back for ten seconds. */
export function useTidy(run: Run | null, onGo: (href: string) => void): Tidy {
  const { t } = useTranslation();
  const client = useQueryClient();
  const annotate = async (change: Annotation) => {
    if (!run) return false;
    const takeBack = showChange(client, new Set([run.id]), change as Partial<Run>);
    const before = workspaceStore.get().runs.find((each) => each.id === run.id);
    const show = (live: LiveRun) =>
      workspaceStore.set(applyNews(workspaceStore.get(), { runs: [live], removed: [] }));
    if (before) show({ ...before, ...(change as Partial<LiveRun>) });
    try {
      await annotateRun(run.id, change);
      return true;
    } catch (error) {
      takeBack();
      if (before) show(before);
      fail(error);
      return false;
    }
  };
  const remove = () => {
    if (!run) return;
    const before = workspaceStore.get().runs.find((each) => each.id === run.id);
    workspaceStore.set(applyNews(workspaceStore.get(), { runs: [], removed: [run.id] }));
    onGo("/runs");
    later(
      t("{{name}} is deleted with its checkpoints.", { name: run.name }),
      t("Undo"),
      () => {
        if (before) workspaceStore.set(applyNews(workspaceStore.get(), { runs: [before], removed: [] }));
        void refreshRuns(client);
      },
      () => deleteRun(run.id).then(() => refreshRuns(client)),
    );
  };
  const removeCheckpoint = (checkpoint: Checkpoint) => {
    const { queryKey } = checkpointsQuery(checkpoint.run);
    const before = client.getQueryData(queryKey);
    client.setQueryData(queryKey, (old: typeof before) =>
      old ? { ...old, items: old.items.filter((each) => each.step !== checkpoint.step) } : old,
    );
    later(
      t("The checkpoint of step {{step}} is deleted.", { step: formatCount(checkpoint.step) }),
      t("Undo"),
      () => client.setQueryData(queryKey, before),
      () => deleteCheckpoint(checkpoint.run, checkpoint.step),
    );
  };
  return { annotate, remove, removeCheckpoint };
}
