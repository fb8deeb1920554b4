import { useEffect, useMemo, useRef, useState } from "react";
import { readOutput } from "../../../data/runs.ts";

export interface OutputView {
  text: string;
  /** Whether earlier output was left out. */
  isCut: boolean;
  isLoading: boolean;
  error: string;
  retry: () => void;
}

const TAIL_BYTES = 200_000;
const MOST_CHARACTERS = 400_000;
const PAUSE_MS = 2000;

/** What the run's processes printed: the end of it, then what comes. Rests while hidden, and for runs that have ended. */
export function useOutput(run: string, isShown: boolean, isLive: boolean): OutputView {
  const [state, setState] = useState({ text: "", isCut: false, isLoading: true, error: "" });
  const [attempt, setAttempt] = useState(0);
  const offset = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    if (!isShown) return;
    let isOver = false;
    let timer = 0;
    const read = async () => {
      try {
        const part = await readOutput(run, offset.current ?? -TAIL_BYTES);
        if (isOver) return;
        const isFirst = offset.current === null;
        offset.current = part.next_offset;
        setState((old) => {
          const text = (isFirst ? "" : old.text) + part.text;
          return {
            text: text.slice(-MOST_CHARACTERS),
            isCut: old.isCut || (isFirst && part.offset > 0) || text.length > MOST_CHARACTERS,
            isLoading: false,
            error: "",
          };
        });
        const hasMore = part.next_offset < part.size;
        if (hasMore || isLive) timer = window.setTimeout(next, hasMore ? 0 : PAUSE_MS);
      } catch (error) {
        if (!isOver) setState((old) => ({ ...old, isLoading: false, error: (error as Error).message }));
      }
    };
    const next = () => {
      if (document.hidden) timer = window.setTimeout(next, PAUSE_MS);
      else void read();
    };
    void read();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [run, isShown, isLive, attempt]);
  return useMemo(() => ({ ...state, retry: () => setAttempt((old) => old + 1) }), [state]);
}
