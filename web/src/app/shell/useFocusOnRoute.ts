import { useEffect, useRef } from "react";

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
    if (focus()) return;
    const observer = new MutationObserver(() => focus() && observer.disconnect());
    observer.observe(main, { childList: true, subtree: true });
    const timer = setTimeout(() => observer.disconnect(), 5000);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [path]);
}
