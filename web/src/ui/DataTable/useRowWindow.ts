import { type RefObject, useCallback, useEffect, useState } from "react";

const OVERSCAN = 10;
const HEAD = 32;

export interface RowWindow {
  /** Index of the first row that is drawn. */
  first: number;
  /** Index after the last one. */
  end: number;
}

/** The rows of one height that are near the visible part of their scroller. */
export function windowOf(scroll: number, view: number, height: number, count: number): RowWindow {
  const first = Math.max(0, Math.floor(scroll / height) - OVERSCAN);
  const end = Math.min(count, Math.ceil((scroll + view) / height) + OVERSCAN);
  return { first: Math.min(first, end), end };
}

interface Options {
  scroller: RefObject<HTMLDivElement | null>;
  count: number;
  /** Of each row, in px. */
  height: number;
  /** Height in px that is assumed before anything is measured. */
  view: number;
  /** Off: all rows are drawn, and nothing is watched. */
  isOn: boolean;
}

/** Which rows to draw, and how to bring one into view. */
export function useRowWindow({ scroller, count, height, view, isOn }: Options) {
  const [range, setRange] = useState<RowWindow>(() => windowOf(0, view, height, count));
  useEffect(() => {
    const box = scroller.current;
    if (!isOn || !box) return;
    const look = () =>
      setRange((old) => {
        const next = windowOf(box.scrollTop, box.clientHeight, height, count);
        return next.first === old.first && next.end === old.end ? old : next;
      });
    look();
    const size = new ResizeObserver(look);
    size.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      size.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [scroller, isOn, count, height]);
  const reveal = useCallback(
    (index: number) => {
      const box = scroller.current;
      if (!box) return;
      const top = index * height;
      // The head stays in view above the rows and covers its own height.
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + height > box.scrollTop + box.clientHeight - HEAD)
        box.scrollTop = top + height + HEAD - box.clientHeight;
    },
    [scroller, height],
  );
  return { ...(isOn ? { ...range, end: Math.min(range.end, count) } : { first: 0, end: count }), reveal };
}
