import { threadColor } from "../../ui/thread.ts";
import type { ChartMarker, MarkerKind } from "../types.ts";
import type { Geometry } from "./plot/usePlot.ts";
import type { Reading } from "./summary.ts";

export interface OverlayProps {
  geometry: Geometry;
  yLog: boolean;
  /** Position of the cross-hair, in units of x. */
  at: number | null;
  readings: readonly Reading[];
  selection: readonly [number, number] | null;
  chosen: ChartMarker | undefined;
}

const MARKER_LINES: Record<MarkerKind, string> = {
  checkpoint: "bg-line-strong",
  evaluation: "bg-positive-mark",
  change: "bg-accent-line",
  anomaly: "bg-danger-mark",
  rehearsal: "bg-muted",
};

export function toLeft(geometry: Geometry, x: number): number {
  return ((x - geometry.xMin) / (geometry.xMax - geometry.xMin || 1)) * geometry.width;
}

/** Cross-hair, points, the chosen marker's line and the zoom's selection, over the canvas. */
export function Overlay({ geometry, yLog, at, readings, selection, chosen }: OverlayProps) {
  const { width, height, yMin, yMax } = geometry;
  const isInside = (left: number) => left >= -0.5 && left <= width + 0.5;
  const cross = at === null ? Number.NaN : toLeft(geometry, at);
  const mark = chosen ? toLeft(geometry, chosen.x) : Number.NaN;
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0 overflow-hidden">
      {chosen && isInside(mark) && (
        <i
          className={`absolute inset-y-0 w-px opacity-60 ${MARKER_LINES[chosen.kind]}`}
          style={{ left: mark }}
        />
      )}
      {selection && (
        <i
          className="absolute inset-y-0 border-x border-accent-line bg-accent-line/15"
          style={{ left: selection[0], width: selection[1] - selection[0] }}
        />
      )}
      {isInside(cross) && (
        <i data-part="crosshair" className="absolute inset-y-0 w-px bg-line-strong" style={{ left: cross }} />
      )}
      {isInside(cross) &&
        readings.map((each) => {
          const y = yLog ? Math.log10(each.value) : each.value;
          const top = (1 - (y - yMin) / (yMax - yMin || 1)) * height;
          return (
            <i
              key={each.line.id}
              className="absolute -mt-1 -ml-1 size-2 rounded-full border border-surface"
              style={{ left: toLeft(geometry, each.x), top, background: threadColor(each.line.thread) }}
            />
          );
        })}
    </div>
  );
}
