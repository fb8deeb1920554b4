import { type Thread, threadColor, threadDash } from "../thread.ts";

export interface ThreadLineProps {
  /** Colour and dash of the run. */
  thread: Thread;
  /** 28 px, or 16 px in narrow table heads. */
  width?: 28 | 16;
}

/** A piece of a run's thread. The name stands beside it, so it is hidden from screen readers. */
export function ThreadLine({ thread, width = 28 }: ThreadLineProps) {
  return (
    <svg
      aria-hidden="true"
      width={width}
      height={8}
      viewBox={`0 0 ${width} 8`}
      className="shrink-0 overflow-visible"
    >
      <line
        x1={0}
        x2={width}
        y1={4}
        y2={4}
        strokeWidth={2.25}
        strokeDasharray={threadDash(thread).join(" ") || undefined}
        style={{ stroke: threadColor(thread) }}
      />
    </svg>
  );
}
