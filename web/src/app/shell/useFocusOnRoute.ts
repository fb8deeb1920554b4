import { useEffect, useRef } from "react";

const AFTER_DIALOG_MS = 400;

/** After a change of page the heading has the focus, so that keyboard and screen reader begin there. The first page keeps the browser's. */
export function useFocusOnRoute(path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    const main = document.getElementById("main");
    if (!main) return;
    const focus = () => {
      const heading = main.querySelector<HTMLElement>("h1[tabindex]");
      heading?.focus({ preventScroll: true });
      return heading !== null;
    };
    const observer = new MutationObserver(() => focus() && observer.disconnect());
    if (!focus()) observer.observe(main, { childList: true, subtree: true });
    const giveUp = setTimeout(() => observer.disconnect(), 5000);
    // A closing command bar gives the focus back to where it was: to nowhere, after a change of page.
    const again = setTimeout(() => main.contains(document.activeElement) || focus(), AFTER_DIALOG_MS);
    return () => {
      observer.disconnect();
      clearTimeout(giveUp);
      clearTimeout(again);
    };
  }, [path]);
}
