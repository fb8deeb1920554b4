// Markers on their lane: those closer than a target's width become one with a count.
import type { ChartMarker } from "../../types.ts";

export const TARGET = 24;

export interface MarkerGroup {
  /** Centre, px from the plot's left edge. */
  left: number;
  members: readonly ChartMarker[];
}

/** Groups in order; a group grows while the next marker is closer than a target to its centre. */
export function groupMarkers(
  markers: readonly ChartMarker[],
  toPx: (x: number) => number,
  width: number,
): MarkerGroup[] {
  const placed = markers
    .map((marker) => ({ marker, left: toPx(marker.x) }))
    .filter(({ left }) => left >= -0.5 && left <= width + 0.5)
    .sort((a, b) => a.left - b.left);
  const groups: { left: number; members: ChartMarker[] }[] = [];
  for (const { marker, left } of placed) {
    const last = groups.at(-1);
    if (last && left - last.left < TARGET) {
      last.left = (last.left * last.members.length + left) / (last.members.length + 1);
      last.members.push(marker);
    } else groups.push({ left, members: [marker] });
  }
  return joinOverlaps(groups);
}

/** Averages move centres: groups that now overlap join too. */
function joinOverlaps(groups: readonly { left: number; members: ChartMarker[] }[]): MarkerGroup[] {
  const out: { left: number; members: ChartMarker[] }[] = [];
  for (const group of groups) {
    const last = out.at(-1);
    if (last && group.left - last.left < TARGET) {
      const total = last.members.length + group.members.length;
      last.left = (last.left * last.members.length + group.left * group.members.length) / total;
      last.members.push(...group.members);
    } else out.push({ ...group });
  }
  return out;
}
