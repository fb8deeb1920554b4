import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { deleteDataset, deleteTokenizer } from "../../../data/datasets.ts";
import { createStore } from "../../../data/live/store.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast, undoToast } from "../../../ui/Toast/toast.ts";

const UNDO_SECONDS = 10;
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

/** Deletes a version of a dataset or tokenizer: gone at once, sent when the ten seconds for undo are over. */
export function useRemoval(kind: "dataset" | "tokenizer"): (reference: string) => void {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (reference) => {
    const key = `${kind} ${reference}`;
    const show = () => hide(key, false);
    const send = async () => {
      try {
        await (kind === "dataset" ? deleteDataset(reference) : deleteTokenizer(reference));
        await client.invalidateQueries({ queryKey: [`${kind}s`] });
      } catch (error) {
        const { what, todo } = tellError(error);
        toast({ message: todo ? `${what} ${todo}` : what, tone: "danger" });
      }
      show();
    };
    hide(key, true);
    const timer = window.setTimeout(() => void send(), UNDO_SECONDS * 1000);
    undoToast(
      t("{{name}} is deleted.", { name: reference }),
      t("Undo"),
      () => {
        window.clearTimeout(timer);
        show();
      },
      UNDO_SECONDS,
    );
  };
}
