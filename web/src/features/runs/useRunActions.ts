import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
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

const UNDO_SECONDS = 10;

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
        toast({ message: (refused.reason as Error).message, tone: "danger" });
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

  /** The runs vanish at once and are deleted after ten seconds, unless someone takes that back. */
  const remove = useCallback(
    (ids: readonly string[]) => {
      setHidden((before) => new Set([...before, ...ids]));
      const show = () => setHidden((before) => new Set([...before].filter((id) => !ids.includes(id))));
      const timer = setTimeout(async () => {
        const done = await Promise.allSettled(ids.map(deleteRun));
        const refused = done.find((each) => each.status === "rejected");
        if (refused) toast({ message: (refused.reason as Error).message, tone: "danger" });
        await refreshRuns(client);
        show();
      }, UNDO_SECONDS * 1000);
      const words = t("{{count}} runs deleted", { count: ids.length, defaultValue_one: "One run deleted" });
      undoToast(
        words,
        t("Undo"),
        () => {
          clearTimeout(timer);
          show();
        },
        UNDO_SECONDS,
      );
    },
    [client, t],
  );

  return { hidden, annotate, archive, remove };
}
