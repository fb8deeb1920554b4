import { type PointerEvent, useRef, useState } from "react";
import { isInside, type Place } from "./inside.ts";

interface LassoProps {
  /** What is drawn around. */
  label: string;
  /** Told the drawn line, as shares 0 to 1 from the top left. */
  onDone: (contains: (x: number, y: number) => boolean) => void;
}

const FEWEST = 3;

/** Lies over a drawing: a line drawn around points chooses them. */
export function Lasso({ label, onDone }: LassoProps) {
  const line = useRef<Place[]>([]);
  const [drawn, setDrawn] = useState<readonly Place[]>([]);
  const placeOf = (event: PointerEvent<HTMLElement>): Place => {
    const box = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - box.left) / (box.width || 1), (event.clientY - box.top) / (box.height || 1)];
  };
  const end = () => {
    const around = line.current;
    line.current = [];
    setDrawn([]);
    if (around.length >= FEWEST) onDone((x, y) => isInside(around, x, y));
  };
  return (
    <div
      role="img"
      aria-label={label}
      className="absolute inset-0 cursor-crosshair touch-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        line.current = [placeOf(event)];
      }}
      onPointerMove={(event) => {
        if (line.current.length === 0) return;
        line.current = [...line.current, placeOf(event)];
        setDrawn(line.current);
      }}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" className="size-full" aria-hidden="true">
        {drawn.length > 1 && (
          <polygon
            points={drawn.map(([x, y]) => `${x},${y}`).join(" ")}
            vectorEffect="non-scaling-stroke"
            className="fill-accent/10 stroke-accent"
            strokeWidth={1.5}
          />
        )}
      </svg>
    </div>
  );
}
