import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { follow, type Scale, toTrack } from "./scale.ts";

const REST = 150;

/** The place among the rows, driven by the scroll bar of a shorter track. */
export function useScaledScroll(scroller: RefObject<HTMLDivElement | null>, scale: Scale) {
  const [offset, setOffset] = useState(0);
  const state = useRef({ offset: 0, scroll: 0, timer: 0 });
  const current = useRef(scale);
  useLayoutEffect(() => {
    current.current = scale;
  }, [scale]);

  const moveTo = useCallback(
    (to: number) => {
      const { full, view } = current.current;
      const place = Math.min(Math.max(0, to), Math.max(0, full - view));
      const scroll = Math.round(toTrack(place, current.current));
      state.current.offset = place;
      state.current.scroll = scroll;
      setOffset(place);
      if (scroller.current) scroller.current.scrollTop = scroll;
    },
    [scroller],
  );

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const onScroll = () => {
      const { offset: place, scroll } = state.current;
      if (Math.abs(box.scrollTop - scroll) < 1) return;
      state.current.offset = follow(place, scroll, box.scrollTop, current.current);
      state.current.scroll = box.scrollTop;
      setOffset(state.current.offset);
      window.clearTimeout(state.current.timer);
      state.current.timer = window.setTimeout(() => moveTo(state.current.offset), REST);
    };
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      box.removeEventListener("scroll", onScroll);
      window.clearTimeout(state.current.timer);
    };
  }, [scroller, moveTo]);
  return { offset, moveTo, placeNow: () => state.current.offset };
}
