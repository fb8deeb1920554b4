import { Check } from "lucide-react";
import { Header } from "react-aria-components/Header";
import { Collection, ListBox, ListBoxItem, ListBoxSection } from "react-aria-components/ListBox";
import { Icon } from "../Icon/Icon.tsx";
import { ROW, ROW_HEAD } from "../Popover/surface.ts";

export interface Option {
  id: string;
  label: string;
  /** One line below the label. */
  description?: string | undefined;
  isDisabled?: boolean;
  /** Which fact disables it and what would enable it; takes the place of the description. */
  why?: string | undefined;
}

export interface OptionSection {
  title: string;
  options: readonly Option[];
}

export type Options = readonly (Option | OptionSection)[];

export const isSection = (entry: Option | OptionSection): entry is OptionSection => "options" in entry;

/** All options, sections opened. */
export function flatOptions(options: Options): Option[] {
  return options.flatMap((entry) => (isSection(entry) ? [...entry.options] : [entry]));
}

interface OptionListProps {
  /** Leave out where a surrounding ComboBox brings its own. */
  options?: Options;
  mono?: boolean;
  empty?: string;
}

/** The list inside a Select or ComboBox. */
export function OptionList({ options, mono = false, empty }: OptionListProps) {
  const draw = (entry: Option | OptionSection) =>
    isSection(entry) ? (
      <ListBoxSection key={entry.title} id={entry.title}>
        <Header className={ROW_HEAD}>{entry.title}</Header>
        <Collection items={entry.options}>{(option) => <OptionRow option={option} mono={mono} />}</Collection>
      </ListBoxSection>
    ) : (
      <OptionRow key={entry.id} option={entry} mono={mono} />
    );
  return (
    <ListBox
      {...(options ? { items: options.map((entry) => keyed(entry)) } : {})}
      className="max-h-80 overflow-y-auto p-1 outline-none"
      renderEmptyState={() => <p className="px-2 py-1.5 text-muted">{empty}</p>}
    >
      {draw}
    </ListBox>
  );
}

/** React Aria wants an id on every entry; a section's title is its id. */
export function keyed<T extends Option | OptionSection>(entry: T): T & { id: string } {
  return isSection(entry) ? { ...entry, id: entry.title } : (entry as T & { id: string });
}

function OptionRow({ option, mono }: { option: Option; mono: boolean }) {
  const line = option.isDisabled ? (option.why ?? option.description) : option.description;
  return (
    <ListBoxItem
      id={option.id}
      textValue={option.label}
      isDisabled={option.isDisabled ?? false}
      className={`${ROW} group`}
    >
      <span className="min-w-0 flex-1">
        <span className={`block truncate ${mono ? "font-mono" : ""}`}>{option.label}</span>
        {line && <span className="block text-caption text-muted">{line}</span>}
      </span>
      <Icon of={Check} className="text-accent opacity-0 group-data-[selected]:opacity-100" />
    </ListBoxItem>
  );
}
