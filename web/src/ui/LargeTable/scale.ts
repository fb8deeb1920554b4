// A browser draws no element higher than about 33.5 million pixels, so a million rows need a shorter track:
// small moves of the scroll bar are taken as they are, large ones as a share of the whole.

export const MAX_TRACK = 8_000_000;

export interface Scale {
  /** Height in px of all rows, as if they were there. */
  full: number;
  /** Height in px of the track that the browser scrolls. */
  track: number;
  /** Height in px of the window on the rows. */
  view: number;
}

export function scaleOf(rows: number, rowHeight: number, view: number): Scale {
  const full = rows * rowHeight;
  return { full, track: Math.min(full, MAX_TRACK), view };
}

const clamp = (value: number, most: number) => Math.min(Math.max(0, value), Math.max(0, most));

/** The place among the rows for a place on the track. */
export function toFull(scroll: number, { full, track, view }: Scale): number {
  if (full <= view) return 0;
  if (track === full) return clamp(scroll, full - view);
  return clamp((scroll / (track - view)) * (full - view), full - view);
}

/** The place on the track for a place among the rows. */
export function toTrack(offset: number, { full, track, view }: Scale): number {
  if (full <= view) return 0;
  if (track === full) return clamp(offset, full - view);
  return clamp((offset / (full - view)) * (track - view), track - view);
}

/** Where the rows stand after the scroll bar moved: less than one view is a move by pixels, more is a jump. */
export function follow(offset: number, from: number, to: number, scale: Scale): number {
  const isEnd = to <= 0 || to >= scale.track - scale.view - 1;
  if (scale.track === scale.full || isEnd || Math.abs(to - from) > scale.view) return toFull(to, scale);
  return clamp(offset + to - from, scale.full - scale.view);
}
