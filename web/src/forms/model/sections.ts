// Which entries a level shows, where they stand, and what a search finds.

import type { Entry } from "./entries.ts";
import { humanise } from "./words.ts";

export type Level = "beginner" | "advanced" | "expert";
export const LEVELS: readonly Level[] = ["beginner", "advanced", "expert"];

export interface Section {
  /** Dotted name of the group; empty for the settings that stand on top. */
  id: string;
  title: string;
  entries: readonly Entry[];
}

/** Settings on top: what beginners see, and every choice that such a setting hangs on. */
export function isOnTop(entry: Entry): boolean {
  if (!entry.branches) return entry.field.isSimple || (entry.field.isRequired && !entry.field.isExpert);
  return entry.field.isRequired || entry.branches.some((each) => each.fields.some((field) => field.isSimple));
}

/** Whether a level shows an entry. `kept` are names that are always shown: those with a problem, those just asked for. */
export function isShown(entry: Entry, level: Level, kept: ReadonlySet<string>): boolean {
  if (kept.has(entry.name)) return true;
  if (level === "expert") return true;
  if (level === "advanced") return !entry.field.isExpert;
  return isOnTop(entry);
}

/** The one on top first, then one for each group. */
export function sectionsOf(entries: readonly Entry[]): Section[] {
  const top = entries.filter(isOnTop);
  const rest = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (isOnTop(entry)) continue;
    const id = entry.section.join(".") || "basics";
    rest.set(id, [...(rest.get(id) ?? []), entry]);
  }
  const groups = [...rest].map(([id, inside]) => ({ id, title: titleOf(id), entries: inside }));
  groups.sort((a, b) => Number(a.id === "basics") - Number(b.id === "basics"));
  return [{ id: "", title: "Training", entries: top }, ...groups];
}

function titleOf(id: string): string {
  if (id === "basics") return "Name and seed";
  const last = id.split(".").at(-1) ?? id;
  return humanise(last);
}

/** Words of the query, all of which must occur in the label, the help or the dotted name. */
export function isFound(entry: Entry, query: string): boolean {
  const text =
    `${entry.field.label} ${entry.field.help} ${entry.name} ${humanise(entry.section.at(-1) ?? "")}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word) || text.replaceAll("_", " ").includes(word));
}
