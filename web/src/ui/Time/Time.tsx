import { useSyncExternalStore } from "react";
import { formatAgo, formatClock, formatMoment } from "../format.ts";

export interface TimeProps {
  /** Unix seconds. */
  at: number;
  /** "ago" (5 min ago), "clock" (14:18:02) or "moment" (the whole date). */
  look?: "ago" | "clock" | "moment";
}

// One clock for all: every part that says "5 min ago" is told twice a minute.
const listeners = new Set<() => void>();
let timer = 0;
let now = Date.now() / 1000;

function listen(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now() / 1000;
    timer = window.setInterval(() => {
      now = Date.now() / 1000;
      for (const each of listeners) each();
    }, 30_000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

/** A moment, roughly; the exact one on hover. */
export function Time({ at, look = "ago" }: TimeProps) {
  const clock = useSyncExternalStore(listen, () => now);
  const words = {
    ago: () => formatAgo(at, clock),
    clock: () => formatClock(at),
    moment: () => formatMoment(at),
  };
  return (
    <time
      dateTime={new Date(at * 1000).toISOString()}
      title={formatMoment(at)}
      className="whitespace-nowrap tabular-nums"
    >
      {words[look]()}
    </time>
  );
}
