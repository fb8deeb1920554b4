import { type Thread, threadColor, threadDash } from "../../ui/thread.ts";

export interface SwatchProps {
  thread: Thread;
  /** Without its dash: a lone line. */
  isSolid?: boolean;
  width?: 16 | 28;
}

/** A piece of a run's thread beside its name. */
export function Swatch({ thread, isSolid = false, width = 28 }: SwatchProps) {
  return (
    <svg aria-hidden="true" width={width} height={8} className="shrink-0">
      <line
        x1={0}
        x2={width}
        y1={4}
        y2={4}
        stroke={threadColor(thread)}
        strokeWidth={2}
        strokeDasharray={isSolid ? undefined : threadDash(thread).join(" ")}
      />
    </svg>
  );
}
