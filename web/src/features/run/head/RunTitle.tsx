import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";

export interface RunTitleProps {
  name: string;
  /** Resolves to whether it was kept. */
  onRename: (name: string) => Promise<boolean>;
}

/** The run's name: renamed in its place. Enter keeps, Escape leaves. */
export function RunTitle({ name, onRename }: RunTitleProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | null>(null);
  const keep = async () => {
    const next = (draft ?? "").trim();
    setDraft(null);
    if (next && next !== name) await onRename(next);
  };
  if (draft !== null) {
    return (
      <input
        aria-label={t("Name of the run")}
        value={draft}
        // biome-ignore lint/a11y/noAutofocus: a person asked to type here
        autoFocus
        maxLength={300}
        size={Math.max(12, draft.length)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => void keep()}
        onKeyDown={(event) => {
          if (event.key === "Enter") void keep();
          if (event.key === "Escape") setDraft(null);
        }}
        className="max-w-full min-w-0 rounded-control border border-line-strong bg-raised px-1.5 font-semibold outline-offset-1 outline-focus focus-visible:outline-2"
      />
    );
  }
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span className="min-w-0">{name}</span>
      <Button look="ghost" size="small" icon={Pencil} iconOnly onPress={() => setDraft(name)}>
        {t("Rename")}
      </Button>
    </span>
  );
}
