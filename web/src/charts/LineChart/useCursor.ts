// Pointer, touch and keys over the plot: where the cursor stands and what is chosen for a zoom.
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { nearestIndex } from "../scale.ts";
import type { Range } from "../types.ts";
import { keyAct, zoomed } from "./keyboard.ts";
import type { Geometry } from "./plot/usePlot.ts";

export interface Cursor {
  x: number;
  /** Height of the pointer in the plot, px; 0 for keys. */
  top: number;
}

export interface CursorOptions {
  geometry: Geometry | null;
  grid: Float64Array;
  whole: readonly [number, number];
  range: Range | null;
  onRange: (range: Range | null) => void;
  onCursor: (x: number | null) => void;
  onMarkers: () => void;
}

const LEAST_DRAG = 6;

export function useCursor(options: CursorOptions) {
  const { geometry, grid, whole, range, onRange, onCursor, onMarkers } = options;
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const [selection, setSelection] = useState<readonly [number, number] | null>(null);
  const fingers = useRef(new Map<number, number>());
  const dragFrom = useRef<number | null>(null);

  const place = (next: Cursor | null) => {
    setCursor(next);
    onCursor(next?.x ?? null);
  };
  const toX = (px: number) =>
    geometry ? geometry.xMin + (px / (geometry.width || 1)) * (geometry.xMax - geometry.xMin) : 0;
  const snap = (x: number) => grid[nearestIndex(grid, x)];
  const commit = () => {
    if (selection && selection[1] - selection[0] >= LEAST_DRAG)
      onRange([toX(selection[0]), toX(selection[1])]);
    setSelection(null);
    dragFrom.current = null;
  };
  const spot = (event: PointerEvent<HTMLElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    const clamp = (value: number, most: number) => Math.min(Math.max(0, value), most);
    return [clamp(event.clientX - box.left, box.width), clamp(event.clientY - box.top, box.height)];
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const [left, top] = spot(event);
    if (event.pointerType === "touch") {
      fingers.current.set(event.pointerId, left);
      const x = snap(toX(left));
      if (x !== undefined) place({ x, top });
    } else if (event.button === 0) {
      dragFrom.current = left;
      if (event.nativeEvent.isTrusted) event.currentTarget.setPointerCapture(event.pointerId);
    }
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const [left, top] = spot(event);
    if (fingers.current.has(event.pointerId)) fingers.current.set(event.pointerId, left);
    if (fingers.current.size >= 2) {
      const spots = [...fingers.current.values()];
      setSelection([Math.min(...spots), Math.max(...spots)]);
      return;
    }
    const from = dragFrom.current;
    if (from !== null) setSelection([Math.min(from, left), Math.max(from, left)]);
    const x = snap(toX(left));
    if (x !== undefined) place({ x, top });
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    commit();
    fingers.current.delete(event.pointerId);
  };
  const onPointerLeave = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType === "mouse" && dragFrom.current === null) place(null);
  };

  const moveTo = (index: number) => {
    const x = grid[Math.min(Math.max(0, index), grid.length - 1)];
    if (x === undefined) return;
    place({ x, top: 0 });
    if (geometry && (x < geometry.xMin || x > geometry.xMax)) {
      const half = (geometry.xMax - geometry.xMin) / 2;
      const from = Math.min(Math.max(whole[0], x - half), whole[1] - 2 * half);
      onRange([from, from + 2 * half]);
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const act = keyAct(event, grid.length);
    if (!act || !geometry) return;
    event.preventDefault();
    const at = cursor ? nearestIndex(grid, cursor.x) : -1;
    if (act.act === "move")
      moveTo(at < 0 ? (act.by > 0 ? nearestIndex(grid, geometry.xMin) : grid.length - 1) : at + act.by);
    else if (act.act === "edge") moveTo(act.to === "first" ? 0 : grid.length - 1);
    else if (act.act === "zoom") {
      const middle = (geometry.xMin + geometry.xMax) / 2;
      onRange(zoomed([geometry.xMin, geometry.xMax], whole, cursor?.x ?? middle, act.factor));
    } else if (act.act === "markers") onMarkers();
    else if (range) onRange(null);
    else place(null);
  };

  return {
    cursor,
    selection,
    surface: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: (event: PointerEvent<HTMLElement>) => {
        fingers.current.delete(event.pointerId);
        dragFrom.current = null;
        setSelection(null);
      },
      onPointerLeave,
      onKeyDown,
      onDoubleClick: () => onRange(null),
      onBlur: () => place(null),
    },
  };
}
