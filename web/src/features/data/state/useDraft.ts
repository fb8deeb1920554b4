import { useCallback, useState } from "react";

function read<T>(key: string, initial: T): T {
  try {
    const kept = localStorage.getItem(key);
    return kept === null ? initial : (JSON.parse(kept) as T);
  } catch {
    return initial;
  }
}

/** What is typed, kept by this browser until it is cleared: a reload loses nothing. */
export function useDraft<T>(key: string, initial: T): [T, (value: T) => void, () => void] {
  const name = `tokenloom.draft.${key}`;
  const [value, setValue] = useState<T>(() => read(name, initial));
  const set = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(name, JSON.stringify(next));
      } catch {
        // A full or closed storage: the page still holds it.
      }
    },
    [name],
  );
  const clear = useCallback(() => {
    setValue(initial);
    localStorage.removeItem(name);
  }, [name, initial]);
  return [value, set, clear];
}
