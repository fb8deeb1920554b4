// Drafts of recipes, kept in this browser: every change is there after a reload.

import type { Values } from "../../../forms/model/schema.ts";

/** Where a recipe began. */
export interface Origin {
  kind: "preset" | "run" | "yaml";
  /** Name of the preset, id of the run, name of the file. */
  name: string;
  /** Step of the run's checkpoint that a fork begins with. */
  step?: number;
}

export interface Draft {
  id: string;
  title: string;
  spec: Values;
  /** What it is compared with. */
  baseline: Values;
  origin: Origin;
  /** Unix seconds of the last change. */
  saved: number;
  /** The run that was started from it; such a draft is no longer offered. */
  run?: string;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;
const PREFIX = "tokenloom.draft.";
const MOST = 50;

export function newDraftId(): string {
  return Math.random().toString(36).slice(2, 10).padEnd(8, "0");
}

export function readDraft(store: Store, id: string): Draft | null {
  try {
    const found = JSON.parse(store.getItem(PREFIX + id) ?? "null") as Draft | null;
    return found && typeof found.spec === "object" && found.spec !== null ? found : null;
  } catch {
    return null;
  }
}

/** Every draft, newest first. */
export function readDrafts(store: Store): Draft[] {
  const ids: string[] = [];
  for (let at = 0; at < store.length; at += 1) {
    const key = store.key(at);
    if (key?.startsWith(PREFIX)) ids.push(key.slice(PREFIX.length));
  }
  const drafts = ids.map((id) => readDraft(store, id)).filter((each) => each !== null);
  return drafts.sort((a, b) => b.saved - a.saved);
}

/** Says whether it was kept: a full or forbidden storage keeps nothing. The oldest beyond fifty leave. */
export function writeDraft(store: Store, draft: Draft): boolean {
  try {
    store.setItem(PREFIX + draft.id, JSON.stringify(draft));
    for (const old of readDrafts(store).slice(MOST)) store.removeItem(PREFIX + old.id);
    return true;
  } catch {
    return false;
  }
}

export function deleteDraft(store: Store, id: string): void {
  store.removeItem(PREFIX + id);
}
