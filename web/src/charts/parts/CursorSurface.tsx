import type { KeyboardEvent, PointerEvent } from "react";

export interface CursorSurfaceProps {
  /** What is walked through: the chart's name. */
  label: string;
  /** How many places there are. */
  count: number;
  index: number | null;
  onIndex: (index: number | null) => void;
  /** The place in words. */
  valueText: string;
  /** The place below a pointer, of shares 0 to 1 from the top left. */
  at: (x: number, y: number) => number | null;
  /** Places in a row, where there are several rows: up and down move by a row. */
  columns?: number | undefined;
  /** The place is chosen: by a click, or by Enter. */
  onPress?: (() => void) | undefined;
}

/** Lies over a drawing and walks a cursor through its places, by pointer and by keys. */
export function CursorSurface(props: CursorSurfaceProps) {
  const { label, count, index, onIndex, valueText, at, columns, onPress } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    const row = columns ?? 1;
    const page = Math.max(1, Math.round((columns ?? count) / 10));
    const by = event.shiftKey ? page : 1;
    const here = index ?? -1;
    const moves: Record<string, number> = {
      ArrowLeft: here - by,
      ArrowRight: here + by,
      ArrowUp: columns ? here - row : here + by,
      ArrowDown: columns ? here + row : here - by,
      Home: 0,
      End: count - 1,
    };
    if (event.key === "Escape") onIndex(null);
    if (event.key === "Enter" && index !== null) onPress?.();
    const next = moves[event.key];
    if (next === undefined || count === 0) return;
    event.preventDefault();
    if (columns && (next < 0 || next >= count) && index !== null) return;
    onIndex(Math.min(Math.max(0, next), count - 1));
  };
  const onPointer = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onIndex(at((event.clientX - box.left) / (box.width || 1), (event.clientY - box.top) / (box.height || 1)));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={index ?? 0}
      aria-valuetext={valueText}
      className={`absolute inset-0 touch-pan-y rounded-mark ${onPress ? "cursor-pointer" : "cursor-crosshair"}`}
      onClick={onPress}
      onKeyDown={onKeyDown}
      onPointerMove={onPointer}
      onPointerDown={onPointer}
      onPointerLeave={(event) => event.pointerType === "mouse" && onIndex(null)}
      onBlur={() => onIndex(null)}
    />
  );
}
