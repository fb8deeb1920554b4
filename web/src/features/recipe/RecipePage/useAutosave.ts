import { useEffect, useRef } from "react";
import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast } from "../../../ui/Toast/toast.ts";
import { type Draft, readDraft, writeDraft } from "../pure/drafts.ts";
import type { Begin } from "./useBegin.ts";

const NEVER: Values = {};

/** Keeps every change in this browser. Tells once where that is not possible. */
export function useAutosave(id: string, spec: Values, begin: Begin, onSaved: () => void): void {
  const { t } = useTranslation();
  const first = useRef(spec);
  const hasFailed = useRef(false);
  const saved = useRef(onSaved);
  saved.current = onSaved;
  useEffect(() => {
    if (spec === first.current) return;
    first.current = NEVER;
    const draft: Draft = {
      id,
      title: String(spec.name || begin.title),
      spec,
      baseline: begin.baseline,
      origin: begin.origin,
      saved: Date.now() / 1000,
    };
    if (writeDraft(localStorage, draft)) saved.current();
    else if (!hasFailed.current) {
      hasFailed.current = true;
      toast({
        message: t("This browser keeps no drafts. Copy the YAML to keep the recipe."),
        tone: "warning",
      });
    }
  }, [id, spec, begin, t]);
}

/** A draft whose run was started is no longer offered. */
export function markStarted(id: string, run: string): void {
  const draft = readDraft(localStorage, id);
  if (draft) writeDraft(localStorage, { ...draft, run });
}
