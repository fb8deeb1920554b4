import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { focusField } from "./focus.ts";

/** Asked to show a setting, whatever the level hides and whichever section is closed. `at` tells one asking from the next. */
export interface Reveal {
  name: string;
  at: number;
}

export interface Revealing {
  /** Names that are shown from now on. */
  shown: ReadonlySet<string>;
  reveal: (name: string) => void;
}

/** Shows, opens, scrolls to and focuses a setting; from outside through `asked`, from inside through `reveal`. */
export function useReveal(
  root: RefObject<HTMLElement | null>,
  asked: Reveal | null | undefined,
  onOpen: (name: string) => void,
): Revealing {
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState<Reveal | null>(null);
  const open = useRef(onOpen);
  open.current = onOpen;
  const reveal = useCallback((name: string) => {
    setShown((now) => new Set([...now, name]));
    open.current(name);
    setWanted({ name, at: performance.now() });
  }, []);
  const { name, at } = asked ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again for the same name is a new asking
  useEffect(() => {
    if (name !== undefined) reveal(name);
  }, [name, at, reveal]);
  useEffect(() => {
    if (!wanted) return;
    let tries = 20;
    let frame = 0;
    const look = () => {
      tries -= 1;
      if (root.current && focusField(root.current, wanted.name)) return;
      if (tries > 0) frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [wanted, root]);
  return { shown, reveal };
}
