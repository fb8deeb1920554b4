import { Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../Icon/Icon.tsx";
import { type CommandGroup, type CommandItem, CommandResults } from "./CommandResults.tsx";

export type { CommandGroup, CommandItem } from "./CommandResults.tsx";

export interface CommandPaletteProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What fits the query, best first, already grouped: This page, Runs, Go to, Help. */
  groups: readonly CommandGroup[];
  query: string;
  onQueryChange: (query: string) => void;
  /** Said when nothing fits. */
  emptyText: string;
  placeholder?: string;
}

const KEYS: Record<string, (now: number, count: number) => number> = {
  ArrowDown: (now, count) => (now + 1) % count,
  ArrowUp: (now, count) => (now - 1 + count) % count,
  Home: () => 0,
  End: (_now, count) => count - 1,
};

/** Every page, run and action, by a few letters. The first result is chosen; arrows choose, Enter does it. */
export function CommandPalette(props: CommandPaletteProps) {
  const { isOpen, onOpenChange } = props;
  const { t } = useTranslation();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-scrim p-4 pt-[12vh] transition-opacity duration-(--motion-fast) data-[entering]:opacity-0 data-[exiting]:opacity-0 max-sm:p-2"
    >
      <Modal className="max-h-full w-full max-w-[560px] overflow-hidden rounded-panel border border-line bg-raised shadow-dialog">
        <Dialog aria-label={t("Search or run a command")} className="outline-none">
          <Bar {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Bar(props: CommandPaletteProps) {
  const { groups, query, onQueryChange, onOpenChange, emptyText } = props;
  const { t } = useTranslation();
  const listId = useId();
  const [chosen, setChosen] = useState({ query, index: 0 });
  const items = groups.flatMap((group) => group.items);
  const index = chosen.query === query ? Math.min(chosen.index, Math.max(items.length - 1, 0)) : 0;
  const active = items[index];

  const run = (item: CommandItem) => {
    onOpenChange(false);
    item.onSelect();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = KEYS[event.key];
    const isEdit = (event.key === "Home" || event.key === "End") && query !== "";
    if (move && items.length > 0 && !isEdit) {
      event.preventDefault();
      setChosen({ query, index: move(index, items.length) });
    } else if (event.key === "Enter" && active && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(active);
    }
  };
  return (
    <>
      <div className="flex h-12 items-center gap-2.5 border-b border-line px-4">
        <Icon of={Search} muted />
        <input
          // biome-ignore lint/a11y/noAutofocus: it was opened in order to type
          autoFocus
          role="combobox"
          aria-label={t("Search or run a command")}
          aria-expanded={items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active ? `${listId}-${active.id}` : undefined}
          value={query}
          onChange={(event) => onQueryChange(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder={props.placeholder ?? t("Search or run a command")}
          autoComplete="off"
          spellCheck={false}
          className="min-w-0 flex-1 bg-transparent text-md outline-none placeholder:text-muted"
        />
      </div>
      <CommandResults
        id={listId}
        groups={groups}
        activeId={active?.id}
        onHover={(id) => setChosen({ query, index: items.findIndex((item) => item.id === id) })}
        onRun={run}
      />
      <p role="status" className={items.length > 0 ? "sr-only" : "px-4 py-6 text-muted"}>
        {items.length > 0
          ? t("{{count}} results", { count: items.length, defaultValue_one: "{{count}} result" })
          : emptyText}
      </p>
    </>
  );
}
