import type { MarkerKind } from "../../types.ts";

export const MARKER_COLORS: Record<MarkerKind, string> = {
  checkpoint: "text-line-strong",
  evaluation: "text-positive-mark",
  change: "text-accent-line",
  anomaly: "text-danger-mark",
  rehearsal: "text-muted",
};

const SHAPES: Record<MarkerKind, string> = {
  checkpoint: "M6 1 11 6 6 11 1 6Z",
  evaluation: "M6 1.5A4.5 4.5 0 1 1 6 10.5A4.5 4.5 0 1 1 6 1.5Z",
  change: "M2 2H10V10H2Z",
  anomaly: "M6 1 11 10.5H1Z",
  rehearsal: "M2 1V11H3.5V7.5H10.5L8.5 4.25 10.5 1Z",
};

/** 12 px; the shape carries the meaning, the colour repeats it. */
export function MarkerGlyph({ kind }: { kind: MarkerKind }) {
  return (
    <svg
      aria-hidden="true"
      width={12}
      height={12}
      viewBox="0 0 12 12"
      className={`shrink-0 ${MARKER_COLORS[kind]}`}
    >
      <path d={SHAPES[kind]} fill="currentColor" />
    </svg>
  );
}
