import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { deleteDataset, deleteTokenizer } from "../../../data/datasets.ts";
import { restoreFromBin } from "../../../data/history.ts";
import { createStore } from "../../../data/live/store.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast, undoToast } from "../../../ui/Toast/toast.ts";

const hidden = createStore<ReadonlySet<string>>(new Set());

function hide(key: string, isHidden: boolean): void {
  const next = new Set(hidden.get());
  if (isHidden) next.add(key);
  else next.delete(key);
  hidden.set(next);
}

/** References that are gone for the eye, while their deletion can still be taken back. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(hidden.subscribe, hidden.get);
}

/** Puts a version of a dataset or tokenizer into the bin: gone at once, and for ten seconds a press brings it back. */
export function useRemoval(kind: "dataset" | "tokenizer"): (reference: string) => Promise<void> {
  const { t } = useTranslation();
  const client = useQueryClient();
  const fail = (error: unknown) => {
    const { what, todo } = tellError(error);
    toast({ message: todo ? `${what} ${todo}` : what, tone: "danger" });
  };
  return async (reference) => {
    const key = `${kind} ${reference}`;
    const refresh = () => client.invalidateQueries({ queryKey: [`${kind}s`] });
    hide(key, true);
    try {
      const { bin } = await (kind === "dataset" ? deleteDataset(reference) : deleteTokenizer(reference));
      await refresh();
      undoToast(t("{{name}} is in the bin.", { name: reference }), t("Undo"), () => {
        restoreFromBin(bin).catch(fail).finally(refresh);
      });
    } catch (error) {
      fail(error);
    }
    hide(key, false);
  };
}
