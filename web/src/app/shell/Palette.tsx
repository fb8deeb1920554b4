import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useWorkspace } from "../../data/live/workspace.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { useActions } from "../../ui/actions.ts";
import { type CommandGroup, CommandPalette } from "../../ui/CommandPalette/CommandPalette.tsx";
import { Icon } from "../../ui/Icon/Icon.tsx";
import { ThreadLine } from "../../ui/ThreadLine/ThreadLine.tsx";
import { threadOf } from "../../ui/thread.ts";
import { withBase } from "../address.ts";
import { INNER, PLACES } from "./places.ts";

const MOST_RUNS = 8;

interface PaletteProps {
  isOpen: boolean;
  onClose: () => void;
  onKeys: () => void;
}

/** Every page, run and action by a few letters. */
export default function Palette({ isOpen, onClose, onKeys }: PaletteProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const groups = useGroups(onKeys);
  const fitting = groups
    .map((group) => ({
      ...group,
      items: group.items.filter((item) => fits(query, `${item.label} ${item.hint ?? ""}`)),
    }))
    .map((group) =>
      group.title === t("Runs") ? { ...group, items: group.items.slice(0, MOST_RUNS) } : group,
    )
    .filter((group) => group.items.length > 0);
  return (
    <CommandPalette
      isOpen={isOpen}
      onOpenChange={(isNowOpen) => {
        if (isNowOpen) return;
        setQuery("");
        onClose();
      }}
      groups={fitting}
      query={query}
      onQueryChange={setQuery}
      emptyText={t("Nothing fits. Try the name of a page, a run or an action.")}
    />
  );
}

function useGroups(onKeys: () => void): CommandGroup[] {
  const { t } = useTranslation();
  const router = useRouter();
  const actions = useActions();
  const { runs } = useWorkspace();
  const go = (href: string) => () => router.history.push(withBase(href));
  return [
    {
      title: t("This page"),
      items: actions
        .filter((action) => !action.why)
        .map((action) => ({
          id: `action-${action.id}`,
          label: action.label,
          ...(action.icon ? { icon: <Icon of={action.icon} muted /> } : {}),
          ...(action.hint ? { hint: action.hint } : {}),
          ...(action.shortcut ? { shortcut: action.shortcut.toUpperCase() } : {}),
          onSelect: action.act,
        })),
    },
    {
      title: t("Runs"),
      items: runs.map((run) => ({
        id: `run-${run.id}`,
        label: run.name,
        ...(run.ordinal === null ? {} : { icon: <ThreadLine thread={threadOf(run.ordinal)} /> }),
        hint: run.state,
        onSelect: go(`/runs/${run.id}`),
      })),
    },
    {
      title: t("Go to"),
      items: [
        ...PLACES.map((place) => ({
          id: `place-${place.href}`,
          label: t(place.name),
          icon: <Icon of={place.icon} muted />,
          shortcut: place.shortcut.toUpperCase(),
          onSelect: go(place.href),
        })),
        ...INNER.map(({ href, name, hint, icon }) => ({
          id: `place-${href}`,
          label: t(name),
          hint: t(hint),
          icon: <Icon of={icon} muted />,
          onSelect: go(href),
        })),
      ],
    },
    {
      title: t("Help"),
      items: [{ id: "keys", label: t("Keys of the studio"), shortcut: "?", onSelect: onKeys }],
    },
  ];
}

/** Whether all words of the query stand in the text, in any order. */
export function fits(query: string, text: string): boolean {
  const lower = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
