import { RotateCcw } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatValue } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import type { Written } from "./stored.ts";

export interface HistoryProps {
  /** Newest first. */
  items: readonly Written[];
  /** Names by model reference. */
  nameOf: (model: string) => string;
  /** Fills the form with it and writes again. */
  onAgain: (item: Written) => void;
  onClear: () => void;
}

/** What this browser asked before. */
export function History({ items, nameOf, onAgain, onClear }: HistoryProps) {
  const { t } = useTranslation();
  return (
    <Panel
      title={t("History")}
      count={t("of this browser")}
      flush
      status={items.length === 0 ? "empty" : "ready"}
      empty={
        <EmptyState
          title={t("No history yet")}
          text={t("Every text that is written stands here with its prompt and settings.")}
        />
      }
      tools={
        items.length > 0 ? (
          <Button size="small" look="ghost" onPress={onClear}>
            {t("Clear")}
          </Button>
        ) : undefined
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol aria-label={t("History")} tabIndex={0} className="max-h-96 overflow-y-auto">
        {items.map((item) => (
          <li key={`${item.id}-${item.time}`} className="border-t border-line px-4 py-2.5">
            <div className="flex items-center gap-2 text-caption text-muted">
              <span className="min-w-0 truncate">{nameOf(item.model)}</span>
              <Time at={item.time} />
              <span className="whitespace-nowrap">
                {t("{{speed}} tok/s", { speed: formatValue(item.tokensPerSecond, 3) })}
              </span>
              <span className="ml-auto">
                <Button size="small" look="ghost" icon={RotateCcw} onPress={() => onAgain(item)}>
                  {t("Again")}
                </Button>
              </span>
            </div>
            <p className="line-clamp-3 wrap-anywhere">
              <span className="text-muted">{item.prompt}</span> {item.text}
            </p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
