import { useTranslation } from "../../i18n/i18n.ts";
import type { Thread } from "../../ui/thread.ts";
import { Swatch } from "../parts/Swatch.tsx";

export interface LegendItem {
  id: string;
  label: string;
  thread: Thread;
}

export interface LegendProps {
  items: readonly LegendItem[];
  hidden: ReadonlySet<string>;
  onHover: (id: string | null) => void;
  onToggle: (id: string) => void;
}

/** Chips of all lines: pointing at one dims the others, pressing one hides or shows it. */
export function Legend({ items, hidden, onHover, onToggle }: LegendProps) {
  const { t } = useTranslation();
  return (
    <fieldset
      aria-label={t("Lines")}
      className="flex max-h-28 min-w-0 flex-wrap gap-x-2 gap-y-1 overflow-y-auto p-0.5"
    >
      {items.map((item) => {
        const isShown = !hidden.has(item.id);
        return (
          <button
            key={item.id}
            type="button"
            aria-pressed={isShown}
            onClick={() => onToggle(item.id)}
            onPointerEnter={() => isShown && onHover(item.id)}
            onPointerLeave={() => onHover(null)}
            onFocus={() => isShown && onHover(item.id)}
            onBlur={() => onHover(null)}
            className={`flex h-6 max-w-full items-center gap-1.5 rounded-control px-1.5 text-caption hover:bg-hover ${isShown ? "text-text-2" : "text-muted line-through"}`}
          >
            <Swatch thread={item.thread} />
            <span className="truncate">{item.label}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
