import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { undoToast } from "../../../ui/Toast/toast.ts";
import { type Draft, deleteDraft, readDrafts, writeDraft } from "../pure/drafts.ts";

/** The drafts of this browser that were not started, and a deletion that can be undone. */
export function useDrafts(): [readonly Draft[], (draft: Draft) => void] {
  const { t } = useTranslation();
  const read = () => readDrafts(localStorage).filter((draft) => !draft.run);
  const [drafts, setDrafts] = useState<readonly Draft[]>(read);
  const remove = (draft: Draft) => {
    deleteDraft(localStorage, draft.id);
    setDrafts(read());
    undoToast(t("Draft {{name}} deleted", { name: draft.title }), t("Undo"), () => {
      writeDraft(localStorage, draft);
      setDrafts(read());
    });
  };
  return [drafts, remove];
}
