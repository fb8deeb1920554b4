// A run is a thread: colour and dash, given once and shown the same on every page.

export interface Thread {
  /** 1 to 8: index of the colour role `--thread-N`. */
  color: number;
  /** 1 to 8: index of the dash role `--dash-N`. */
  dash: number;
}

const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [10, 3, 2, 3],
  [4, 4],
  [14, 4],
  [6, 2, 2, 2, 2, 2],
  [1, 2, 6, 2],
];

/** The thread of the run with ordinal `n` (from 0): colours in order; the ninth takes colour 1 with dash 2. 64 pairs. */
export function threadOf(ordinal: number): Thread {
  const n = ((ordinal % 64) + 64) % 64;
  return { color: (n % 8) + 1, dash: (((n % 8) + Math.floor(n / 8)) % 8) + 1 };
}

/** As a CSS value: `var(--thread-3)`. */
export function threadColor(thread: Thread): string {
  return `var(--thread-${thread.color})`;
}

/** Segment lengths in px for canvas and SVG; empty is solid. */
export function threadDash(thread: Thread): readonly number[] {
  return DASHES[thread.dash - 1] ?? [];
}
