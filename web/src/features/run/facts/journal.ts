// The commands that a run was given, with the trainer's answers.

import type { RunNews } from "../../../data/live/stream.ts";

export interface JournalEntry {
  number: number;
  time: number;
  step: number;
  command: string;
  accepted: boolean;
  message: string;
  key: string;
  value: unknown;
  /** What the setting was before; undefined where it is not known. */
  before: unknown;
}

/** The value at a dotted name of a recipe. */
export function valueAt(spec: unknown, path: string): unknown {
  let at: unknown = spec;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** Names of the datasets that a recipe mixes in. */
export function mixedIn(spec: unknown): readonly string[] {
  const mix = valueAt(spec, "data.mix");
  return Array.isArray(mix) ? mix.map((part) => String(valueAt(part, "dataset") ?? "")) : [];
}

/** Newest first. */
export function journalOf(events: readonly RunNews[], spec: unknown): JournalEntry[] {
  const now = new Map<string, unknown>();
  const entries: JournalEntry[] = [];
  for (const event of events) {
    if (event.type !== "command") continue;
    const values = (event.arguments ?? {}) as Record<string, unknown>;
    const key = event.command === "set" ? String(values.key ?? "") : "";
    const before = now.has(key) ? now.get(key) : valueAt(spec, key);
    const accepted = Boolean(event.accepted);
    if (key && accepted) now.set(key, values.value);
    entries.push({
      number: Number(event.number),
      time: event.time,
      step: Number(event.step ?? 0),
      command: String(event.command),
      accepted,
      message: String(event.message ?? ""),
      key,
      value: values.value,
      before: key ? before : undefined,
    });
  }
  return entries.reverse();
}

/** What a setting is now: the last accepted change, else the recipe. */
export function currentValue(events: readonly RunNews[], spec: unknown, key: string): unknown {
  const changed = journalOf(events, spec).find((entry) => entry.key === key && entry.accepted);
  return changed ? changed.value : valueAt(spec, key);
}
