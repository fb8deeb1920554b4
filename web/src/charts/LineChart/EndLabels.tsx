import type { Line } from "./plot/model.ts";
import { indexAt, lastIndex } from "./plot/model.ts";
import type { Geometry } from "./plot/usePlot.ts";

export interface EndLabelsProps {
  lines: readonly Line[];
  geometry: Geometry;
  yLog: boolean;
}

const LEAD = 14;

/** Where each label stands: beside the line's last visible point, moved apart so that none covers another. */
export function placeLabels(
  lines: readonly Line[],
  geometry: Geometry,
  yLog: boolean,
): { line: Line; left: number; top: number }[] {
  const { left, top, width, height, xMin, xMax, yMin, yMax } = geometry;
  const placed = lines.flatMap((line) => {
    const last = lastIndex(line.y);
    const at = Math.min(last, (line.x[last] ?? 0) > xMax ? indexAt(line, xMax) : last);
    const value = line.y[at];
    if (value === undefined || !Number.isFinite(value)) return [];
    const y = yLog ? Math.log10(value) : value;
    const share = ((line.x[at] ?? 0) - xMin) / (xMax - xMin || 1);
    const px = top + (1 - (y - yMin) / (yMax - yMin || 1)) * height;
    return [
      { line, left: left + Math.min(1, share) * width + 6, top: Math.min(Math.max(top, px), top + height) },
    ];
  });
  placed.sort((a, b) => a.top - b.top);
  for (let i = 1; i < placed.length; i += 1) {
    const above = placed[i - 1];
    const here = placed[i];
    if (above && here && here.top - above.top < LEAD) here.top = above.top + LEAD;
  }
  return placed;
}

/** Names at the ends of two or three lines; more than three have a legend. */
export function EndLabels({ lines, geometry, yLog }: EndLabelsProps) {
  return placeLabels(lines, geometry, yLog).map(({ line, left, top }) => (
    <span
      key={line.id}
      className="pointer-events-none absolute top-0 left-0 max-w-24 truncate text-xs text-text-2"
      style={{ transform: `translate(${Math.round(left)}px, ${Math.round(top - 8)}px)` }}
    >
      {line.label}
    </span>
  ));
}
