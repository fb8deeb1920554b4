// What a page can do right now: shown in the command bar, reached by one letter, listed by “?”.

import type { LucideIcon } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface PageAction {
  id: string;
  label: string;
  icon?: LucideIcon;
  /** One letter, or several pressed one after the other: “g r”. */
  shortcut?: string;
  hint?: string;
  /** Why it cannot be done now; it is listed all the same. */
  why?: string;
  act: () => void;
}

let actions: readonly PageAction[] = [];
const listeners = new Set<() => void>();

function put(next: readonly PageAction[]): void {
  actions = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Offer actions while mounted. They may change at every render; what is called is always the newest. */
export function usePageActions(offered: readonly PageAction[]): void {
  const newest = useRef(offered);
  newest.current = offered;
  const shape = offered
    .map((each) => [each.id, each.label, each.shortcut, each.hint, each.why].join("\u0000"))
    .join("\u0001");
  useEffect(() => {
    const mine = newest.current.map((each) => ({
      ...each,
      act: () => newest.current.find((now) => now.id === each.id)?.act(),
      owner: shape,
    }));
    put([...actions, ...mine]);
    return () => put(actions.filter((each) => !mine.includes(each as (typeof mine)[number])));
  }, [shape]);
}

export function useActions(): readonly PageAction[] {
  return useSyncExternalStore(subscribe, () => actions);
}
