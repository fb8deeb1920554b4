// One cursor over several charts: charts with the same key hear where the others stand.
import { useCallback, useEffect, useRef, useState } from "react";

type Listener = (x: number | null) => void;
const rooms = new Map<string, Set<Listener>>();

/** The position that another chart of the room shows, and a way to tell the room where this one stands. */
export function useCrosshair(key: string | undefined): [heard: number | null, tell: Listener] {
  const [heard, setHeard] = useState<number | null>(null);
  const own = useRef<Listener>(setHeard);
  useEffect(() => {
    if (!key) return;
    const room = rooms.get(key) ?? new Set();
    const listener = own.current;
    rooms.set(key, room.add(listener));
    return () => {
      room.delete(listener);
      if (room.size === 0) rooms.delete(key);
    };
  }, [key]);
  const tell = useCallback(
    (x: number | null) => {
      for (const listener of (key && rooms.get(key)) || []) if (listener !== own.current) listener(x);
    },
    [key],
  );
  return [heard, tell];
}
