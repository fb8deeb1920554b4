import { useQueryClient } from "@tanstack/react-query";
import { restoreFromBin } from "../../../data/history.ts";
import type { LiveRun } from "../../../data/live/stream.ts";
import { applyNews, workspaceStore } from "../../../data/live/workspace.ts";
import { tellError } from "../../../data/problem.ts";
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

export interface Tidy {
  annotate: (change: Annotation) => Promise<boolean>;
  remove: () => void;
  removeCheckpoint: (checkpoint: Checkpoint) => void;
}

function fail(error: unknown): void {
  const { what, todo } = tellError(error);
  toast({ message: todo ? `${what} ${todo}` : what, tone: "danger" });
}

interface Removal {
  message: string;
  undo: string;
  /** Shows it again. */
  takeBack: () => void;
  act: () => Promise<{ bin: string }>;
  /** Afterwards, and again after it was brought back. */
  refresh: () => Promise<unknown>;
}

/** Into the bin at once; for ten seconds a press brings it back. */
async function discard({ message, undo, takeBack, act, refresh }: Removal): Promise<void> {
  try {
    const { bin } = await act();
    undoToast(message, undo, () => {
      takeBack();
      restoreFromBin(bin).catch(fail).finally(refresh);
    });
  } catch (error) {
    takeBack();
    fail(error);
  }
  await refresh();
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
    void discard({
      message: t("{{name}} is in the bin, with its checkpoints.", { name: run.name }),
      undo: t("Undo"),
      takeBack: () => {
        if (before) workspaceStore.set(applyNews(workspaceStore.get(), { runs: [before], removed: [] }));
      },
      act: () => deleteRun(run.id),
      refresh: () => refreshRuns(client),
    });
  };
  const removeCheckpoint = (checkpoint: Checkpoint) => {
    const { queryKey } = checkpointsQuery(checkpoint.run);
    const before = client.getQueryData(queryKey);
    client.setQueryData(queryKey, (old: typeof before) =>
      old ? { ...old, items: old.items.filter((each) => each.step !== checkpoint.step) } : old,
    );
    void discard({
      message: t("The checkpoint of step {{step}} is in the bin.", { step: formatCount(checkpoint.step) }),
      undo: t("Undo"),
      takeBack: () => client.setQueryData(queryKey, before),
      act: () => deleteCheckpoint(checkpoint.run, checkpoint.step),
      refresh: () => client.invalidateQueries({ queryKey }),
    });
  };
  return { annotate, remove, removeCheckpoint };
}
