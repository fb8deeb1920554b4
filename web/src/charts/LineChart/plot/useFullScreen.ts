import { type RefObject, useEffect, useState } from "react";

/** The height of the screen while the element fills it, else 0. */
export function useFullScreen(ref: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const update = () =>
      setHeight(ref.current !== null && document.fullscreenElement === ref.current ? window.innerHeight : 0);
    document.addEventListener("fullscreenchange", update);
    window.addEventListener("resize", update);
    return () => {
      document.removeEventListener("fullscreenchange", update);
      window.removeEventListener("resize", update);
    };
  }, [ref]);
  return height;
}
