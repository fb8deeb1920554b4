import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

export interface TipProps {
  /** Position of the cursor inside the plot, px. */
  left: number;
  top: number;
  /** The plot's extent, px. */
  width: number;
  height: number;
  children: ReactNode;
}

const GAP = 12;

/** The box beside a cursor: left of it, right of it at the edge, above the finger, never outside the plot. */
export function Tip({ left, top, width, height, children }: TipProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when its content changes
  useLayoutEffect(() => {
    const box = ref.current;
    if (box) setSize({ width: box.offsetWidth, height: box.offsetHeight });
  }, [children]);
  const isLeft = left - GAP - size.width >= 0;
  const right = Math.min(left + GAP, Math.max(0, width - size.width));
  const x = isLeft ? left - GAP - size.width : right;
  const above = top - size.height - GAP;
  // Where there is no room beside the cursor the box stands above it, over the plot's edge: never below the finger.
  const covers = x <= left && x + size.width >= left;
  const y = above >= 0 || covers ? above : Math.max(0, Math.min(8, height - size.height));
  return (
    <div
      ref={ref}
      className="pointer-events-none absolute top-0 left-0 z-20 rounded-control border border-line bg-raised px-2.5 py-2 text-caption whitespace-nowrap shadow-pop"
      style={{ transform: `translate(${Math.round(x)}px, ${Math.round(y)}px)` }}
    >
      {children}
    </div>
  );
}
