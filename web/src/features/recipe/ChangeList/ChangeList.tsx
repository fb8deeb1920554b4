import { Undo2 } from "lucide-react";
import type { Change, Entry } from "../../../forms/model/entries.ts";
import { showValue } from "../../../forms/model/show.ts";
import { humanise } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";

export interface ChangeListProps {
  /** What differs from where the recipe began. */
  changes: readonly Change[];
  onFocus: (name: string) => void;
  onReset: (entry: Entry) => void;
  onResetAll: () => void;
}

/** Every difference from the preset: what it was, what it is, the way to it and the way back. */
export function ChangeList({ changes, onFocus, onReset, onResetAll }: ChangeListProps) {
  const { t } = useTranslation();
  if (changes.length === 0) return <p className="text-muted">{t("Nothing differs from the preset.")}</p>;
  return (
    <div className="grid gap-2">
      <ul className="max-h-80 overflow-y-auto">
        {changes.map(({ entry, was }) => (
          <li
            key={entry.name}
            className="flex items-center gap-3 border-t border-line py-1.5 first:border-t-0"
          >
            <div className="min-w-0 flex-1">
              <button
                type="button"
                onClick={() => onFocus(entry.name)}
                className="min-h-6 text-left text-accent hover:underline hover:underline-offset-3"
              >
                {placeOf(entry, t)}
              </button>
              <div className="text-caption wrap-anywhere text-muted">
                <del className="no-underline">
                  {showValue(t, entry.field, was, entry.branches !== undefined)}
                </del>
                {" → "}
                <ins className="text-text no-underline">
                  {showValue(t, entry.field, entry.value, entry.branches !== undefined)}
                </ins>
              </div>
            </div>
            <Button look="ghost" size="small" icon={Undo2} iconOnly onPress={() => onReset(entry)}>
              {t("Reset {{label}}", { label: t(entry.field.label) })}
            </Button>
          </li>
        ))}
      </ul>
      <Button size="small" className="justify-self-start" onPress={onResetAll}>
        {t("Reset all")}
      </Button>
    </div>
  );
}

function placeOf(entry: Entry, t: (key: string) => string): string {
  const group = entry.branches ? undefined : entry.section.at(-1);
  return group ? `${t(humanise(group))}: ${t(entry.field.label)}` : t(entry.field.label);
}
