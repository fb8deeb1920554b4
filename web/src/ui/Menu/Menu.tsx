import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { Header } from "react-aria-components/Header";
import { Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover, type PopoverProps } from "react-aria-components/Popover";
import { Icon } from "../Icon/Icon.tsx";
import { Kbd } from "../Kbd/Kbd.tsx";
import { ROW, ROW_HEAD, SURFACE } from "../Popover/surface.ts";

export interface MenuEntry {
  id: string;
  label: string;
  icon?: LucideIcon;
  /** One line below the label. */
  description?: string;
  shortcut?: string;
  /** Red words for what loses something. */
  isDanger?: boolean;
  isDisabled?: boolean;
  /** Which fact disables it and what would enable it. */
  why?: string;
  /** Makes it a link. */
  href?: string;
  onAction?: () => void;
}

export interface MenuGroup {
  title: string;
  items: readonly MenuEntry[];
}

export interface MenuProps {
  /** The Button that opens it. */
  trigger: ReactElement;
  /** Entries, or groups {title, items}. */
  items: readonly (MenuEntry | MenuGroup)[];
  /** Told the id; entries may bring their own `onAction` instead. */
  onAction?: (id: string) => void;
  placement?: PopoverProps["placement"];
}

/** What can be done with a thing, behind one button. */
export function Menu({ trigger, items, onAction, placement = "bottom end" }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement={placement} offset={4} className={`${SURFACE} max-w-[calc(100vw-16px)] min-w-44`}>
        <AriaMenu
          onAction={(key) => onAction?.(String(key))}
          className="max-h-[inherit] max-w-80 overflow-y-auto p-1 outline-none"
        >
          {items.map((entry) =>
            "items" in entry ? (
              <MenuSection
                key={entry.title}
                className="not-first:mt-1 not-first:border-t not-first:border-line"
              >
                <Header className={ROW_HEAD}>{entry.title}</Header>
                {entry.items.map(drawEntry)}
              </MenuSection>
            ) : (
              drawEntry(entry)
            ),
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function drawEntry(entry: MenuEntry) {
  const line = entry.isDisabled ? (entry.why ?? entry.description) : entry.description;
  const tone = entry.isDanger && !entry.isDisabled ? "text-danger data-[focused]:bg-danger-wash" : "";
  return (
    <MenuItem
      key={entry.id}
      id={entry.id}
      textValue={entry.label}
      isDisabled={entry.isDisabled ?? false}
      {...(entry.href ? { href: entry.href } : {})}
      {...(entry.onAction ? { onAction: entry.onAction } : {})}
      className={`${ROW} ${tone}`}
    >
      {entry.icon && <Icon of={entry.icon} muted={!entry.isDanger} />}
      <span className="min-w-0 flex-1">
        <span className="block">{entry.label}</span>
        {line && <span className="block text-caption text-muted">{line}</span>}
      </span>
      {entry.shortcut && <Kbd keys={entry.shortcut} />}
    </MenuItem>
  );
}
