// A run that trains for days says more than a page can hold.

import type { RunNews } from "./stream.ts";

/** The newest events, at most `most` of each type, oldest first. The very first of each type stays: what began is told from it. */
export function newestOfEach(events: ReadonlyMap<string, RunNews>, most: number): Map<string, RunNews> {
  const sorted = [...events].sort(([, a], [, b]) => b.time - a.time);
  const left = new Map<string, number>();
  const first = new Map(sorted.map(([cursor, event]) => [event.type, cursor]));
  const kept = sorted.filter(([cursor, { type }]) => {
    const room = left.get(type) ?? most;
    left.set(type, room - 1);
    return room > 0 || first.get(type) === cursor;
  });
  return new Map(kept.reverse());
}
