import { useEffect, useRef, useState } from "react";
import { useDebounced } from "../../ui/useTyped.ts";

const SETTLE_MS = 300;

/** Typed text stands at once, and in the address a little later. */
export function useQueryText(
  given: string,
  onSettled: (text: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(given);
  const still = useDebounced(text, SETTLE_MS);
  const settled = useRef(onSettled);
  settled.current = onSettled;
  const known = useRef(given);
  useEffect(() => {
    if (still === known.current) return;
    known.current = still;
    settled.current(still);
  }, [still]);
  return [text, setText];
}
