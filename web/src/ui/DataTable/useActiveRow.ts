import { type KeyboardEvent, useState } from "react";

export interface ActiveRowOptions {
  /** How many rows there are. */
  count: number;
  /** How many a page of the view holds. */
  page: number;
  /** Brings a row into view. */
  reveal: (index: number) => void;
  /** Space. */
  onChoose?: (index: number) => void;
  /** Enter. */
  onOpen?: (index: number) => void;
}

function targetOf(key: string, at: number, count: number, page: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const to = moves[key];
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}

/** The row that the keyboard is on: arrows, pages, ends; Space chooses, Enter opens. */
export function useActiveRow({ count, page, reveal, onChoose, onOpen }: ActiveRowOptions) {
  const [active, setActive] = useState(0);
  const at = Math.min(active, Math.max(0, count - 1));
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.target !== event.currentTarget || count === 0) return;
    const to = targetOf(event.key, at, count, page);
    if (to !== undefined) {
      setActive(to);
      reveal(to);
    } else if (event.key === " " && onChoose) onChoose(at);
    else if (event.key === "Enter" && onOpen) onOpen(at);
    else return;
    event.preventDefault();
  };
  return { active: at, setActive, onKeyDown };
}
