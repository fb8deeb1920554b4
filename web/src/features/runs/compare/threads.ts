// A run without a number of its own still has a colour of its own here.

import { type Thread, threadOf } from "../../../ui/thread.ts";

type Numbered = { id: string; ordinal: number | null };

/** The thread of a run by its id: its own, else one that none of the others has. */
export function threadsOf(runs: readonly Numbered[]): (id: string) => Thread {
  const colors = new Set(runs.flatMap((run) => (run.ordinal === null ? [] : [run.ordinal % 8])));
  const taken = new Set(runs.flatMap((run) => (run.ordinal === null ? [] : [run.ordinal % 64])));
  const free = (): number => {
    const all = Array.from({ length: 64 }, (_, n) => n).filter((n) => !taken.has(n));
    const found = all.find((n) => !colors.has(n % 8)) ?? all[0] ?? 0;
    taken.add(found);
    colors.add(found % 8);
    return found;
  };
  const threads = new Map(runs.map((run) => [run.id, threadOf(run.ordinal ?? free())]));
  return (id) => threads.get(id) ?? threadOf(0);
}
