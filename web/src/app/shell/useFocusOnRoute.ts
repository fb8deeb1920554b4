import { useEffect, useRef } from "react";

const WATCH_MS = 4000;
const LOOK_MS = 100;

/**
 * After a change of page its heading has the focus, so that keyboard and screen reader begin there. The page may come late, and a closing
 * command bar gives the focus back to nowhere: for a few seconds, until someone does something, a lost focus goes to the heading.
 */
export function useFocusOnRoute(path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return; // the first page keeps the browser's own beginning
    shown.current = path;
    const main = document.getElementById("main");
    const focus = () => main?.querySelector<HTMLElement>("h1[tabindex]")?.focus({ preventScroll: true });
    focus();
    const look = setInterval(() => {
      if (document.activeElement === null || document.activeElement === document.body) focus();
    }, LOOK_MS);
    const stop = () => {
      clearInterval(look);
      clearTimeout(end);
      for (const name of ["keydown", "pointerdown"]) document.removeEventListener(name, stop, true);
    };
    const end = setTimeout(stop, WATCH_MS);
    for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, stop, true);
    return stop;
  }, [path]);
}
