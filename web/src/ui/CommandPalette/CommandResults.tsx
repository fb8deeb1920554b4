import { type ReactNode, useEffect } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Kbd } from "../Kbd/Kbd.tsx";

export interface CommandItem {
  /** Unique over all groups. */
  id: string;
  label: string;
  /** An Icon, or the thread of a run. */
  icon?: ReactNode;
  /** A fact at the right: "about 40 s", "Queued". */
  hint?: string;
  shortcut?: string;
  onSelect: () => void;
}

export interface CommandGroup {
  title: string;
  items: readonly CommandItem[];
}

interface CommandResultsProps {
  id: string;
  groups: readonly CommandGroup[];
  activeId: string | undefined;
  onHover: (id: string) => void;
  onRun: (item: CommandItem) => void;
}

/** The grouped list below the bar; focus stays in the bar, the chosen row is only pointed at. */
export function CommandResults({ id, groups, activeId, onHover, onRun }: CommandResultsProps) {
  const { t } = useTranslation();
  useEffect(() => {
    if (activeId) document.getElementById(`${id}-${activeId}`)?.scrollIntoView({ block: "nearest" });
  }, [id, activeId]);
  const filled = groups.filter((group) => group.items.length > 0);
  return (
    <div
      id={id}
      role="listbox"
      tabIndex={-1}
      aria-label={t("Results")}
      className={filled.length > 0 ? "max-h-[min(420px,56vh)] overflow-y-auto pb-2" : "hidden"}
    >
      {filled.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options within a listbox
        <div key={group.title} role="group" aria-labelledby={`${id}-${group.title}`}>
          <div id={`${id}-${group.title}`} className="px-4 pt-2 pb-1 text-xs font-medium text-muted">
            {group.title}
          </div>
          {group.items.map((item) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the bar has the keys
            <div
              key={item.id}
              id={`${id}-${item.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={item.id === activeId}
              onPointerMove={() => item.id !== activeId && onHover(item.id)}
              onClick={() => onRun(item)}
              className="flex min-h-9 cursor-pointer items-center gap-2.5 px-4 aria-selected:bg-accent-wash max-sm:min-h-11"
            >
              {item.icon && <span className="inline-flex shrink-0 text-muted">{item.icon}</span>}
              <span className="min-w-0 flex-1 truncate">{item.label}</span>
              {item.hint && <span className="shrink-0 text-xs text-muted">{item.hint}</span>}
              {item.shortcut && <Kbd keys={item.shortcut} />}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
