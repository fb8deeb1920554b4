import { type ReactNode, useEffect, useState } from "react";
import { Skeleton } from "../Skeleton/Skeleton.tsx";

export interface LoadingStateProps {
  /** What is being done: "Reading 64 layers". Shown after two seconds. */
  text: string;
  /** How far it is: "12 of 64 done". Shown after ten seconds, or with `text` as soon as it is known. */
  progress?: string;
  /** The blocks in the final layout; by default one large and one small. */
  children?: ReactNode;
  /** Height in px of the default block. */
  height?: number;
  /** Seconds waited already, for a state that is shown again. */
  waited?: number;
}

const STAGES = [0.2, 2, 10];

/** How many of the moments 0.2 s, 2 s and 10 s have passed. */
function useStage(waited: number): number {
  const [stage, setStage] = useState(() => STAGES.filter((at) => at <= waited).length);
  useEffect(() => {
    const timers = STAGES.map((at, index) =>
      window.setTimeout(() => setStage((now) => Math.max(now, index + 1)), Math.max(0, (at - waited) * 1000)),
    );
    return () => timers.forEach(window.clearTimeout);
  }, [waited]);
  return stage;
}

/** Nothing under 200 ms, then the final layout in warp-lined blocks, words after 2 s, progress after 10 s. */
export function LoadingState({ text, progress, children, height = 112, waited = 0 }: LoadingStateProps) {
  const stage = useStage(waited);
  return (
    <div aria-busy="true" data-stage={stage}>
      <div className={`grid gap-2 ${stage === 0 ? "invisible" : ""}`}>
        {children ?? (
          <>
            <Skeleton height={height} />
            <Skeleton width="45%" />
          </>
        )}
      </div>
      <p role="status" className="mt-3 min-h-5 text-muted tabular-nums">
        {stage >= 2 && text}
        {progress && stage >= 3 && `, ${progress}`}
      </p>
    </div>
  );
}
