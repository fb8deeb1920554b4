import { useEffect, useState } from "react";
import { DEFAULTS, type Request, type Settings } from "../prompt/settings.ts";

export interface Draft {
  prompt: string;
  raw: boolean;
  settings: Settings;
}

export interface Written extends Request {
  id: string;
  /** Unix seconds. */
  time: number;
  text: string;
  tokens: number;
  tokensPerSecond: number;
}

const DRAFT = "tokenloom.generate.draft";
const HISTORY = "tokenloom.generate.history";
const MOST = 30;
const SETTLE_MS = 250;

function read<T>(key: string, usual: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as T | null) ?? usual;
  } catch {
    return usual;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store: what was typed lives on in the page.
  }
}

/** What is typed, kept in this browser while one types. */
export function useDraft(): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = read<Partial<Draft>>(DRAFT, {});
    return {
      prompt: kept.prompt ?? "",
      raw: kept.raw ?? false,
      settings: { ...DEFAULTS, ...kept.settings },
    };
  });
  useEffect(() => {
    const timer = window.setTimeout(() => write(DRAFT, draft), SETTLE_MS);
    const flush = () => write(DRAFT, draft);
    window.addEventListener("pagehide", flush);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [draft]);
  return [draft, (change) => setDraft((old) => ({ ...old, ...change }))];
}

/** What was written in this browser, newest first. */
export function useHistory(): {
  items: readonly Written[];
  add: (item: Written) => void;
  restore: (items: readonly Written[]) => void;
} {
  const [items, setItems] = useState<readonly Written[]>(() => read<Written[]>(HISTORY, []));
  const put = (next: readonly Written[]) => {
    write(HISTORY, next);
    return next;
  };
  return {
    items,
    add: (item) => setItems((old) => put([item, ...old].slice(0, MOST))),
    restore: (all) => setItems(put(all)),
  };
}
