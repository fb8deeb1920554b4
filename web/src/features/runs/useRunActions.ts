import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { restoreFromBin } from "../../data/history.ts";
import { tellError } from "../../data/problem.ts";
import {
  type Annotation,
  annotateRun,
  deleteRun,
  type Run,
  refreshRuns,
  showChange,
} from "../../data/runs.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { toast, undoToast } from "../../ui/Toast/toast.ts";

function fail(error: unknown): void {
  const { what, todo } = tellError(error);
  toast({ message: todo ? `${what} ${todo}` : what, tone: "danger" });
}

/** What can be done with several runs: seen at once, taken back where the server refuses. */
export function useRunActions() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());

  const annotate = useCallback(
    async (ids: readonly string[], change: Annotation) => {
      const takeBack = showChange(client, new Set(ids), change as Partial<Run>);
      const done = await Promise.allSettled(ids.map((id) => annotateRun(id, change)));
      const refused = done.find((each) => each.status === "rejected");
      if (refused) {
        takeBack();
        fail(refused.reason);
      }
      await refreshRuns(client);
    },
    [client],
  );

  const archive = useCallback(
    async (ids: readonly string[], archived: boolean) => {
      await annotate(ids, { archived });
      const words = archived
        ? t("{{count}} runs archived", { count: ids.length, defaultValue_one: "One run archived" })
        : t("{{count}} runs brought back", { count: ids.length, defaultValue_one: "One run brought back" });
      undoToast(words, t("Undo"), () => void annotate(ids, { archived: !archived }));
    },
    [annotate, t],
  );

  /** The runs vanish at once, into the bin; for ten seconds a press brings them back. */
  const remove = useCallback(
    async (ids: readonly string[]) => {
      setHidden((before) => new Set([...before, ...ids]));
      const binned: string[] = [];
      for (const id of [...ids].sort().reverse()) {
        // the newest first: what stands on an older one goes before it
        try {
          binned.push((await deleteRun(id)).bin);
        } catch (error) {
          fail(error);
        }
      }
      await refreshRuns(client);
      setHidden((before) => new Set([...before].filter((id) => !ids.includes(id))));
      if (binned.length === 0) return;
      const words = t("{{count}} runs are in the bin", {
        count: binned.length,
        defaultValue_one: "One run is in the bin",
      });
      undoToast(words, t("Undo"), async () => {
        for (const id of binned.reverse()) await restoreFromBin(id).catch(fail);
        await refreshRuns(client);
      });
    },
    [client, t],
  );

  return { hidden, annotate, archive, remove };
}
