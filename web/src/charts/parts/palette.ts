// The tokens as colours that a canvas can take, read again whenever the theme changes.
import { useSyncExternalStore } from "react";

export interface Palette {
  surface: string;
  text: string;
  muted: string;
  line: string;
  axis: string;
  warp: string;
  accent: string;
  accentLine: string;
  warning: string;
  font: string;
  /** `--thread-1` to `--thread-8`. */
  threads: readonly string[];
  /** `--heat-0` to `--heat-7`, low to high. */
  heat: readonly string[];
}

let cached: Palette | undefined;
const listeners = new Set<() => void>();
let observer: MutationObserver | undefined;

function read(): Palette {
  const style = getComputedStyle(document.documentElement);
  const role = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    surface: role("surface"),
    text: role("text"),
    muted: role("muted"),
    line: role("line"),
    axis: role("line-strong"),
    warp: role("warp"),
    accent: role("accent"),
    accentLine: role("accent-line"),
    warning: role("warning-mark"),
    font: role("font-ui"),
    threads: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => role(`thread-${n}`)),
    heat: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => role(`heat-${n}`)),
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  observer ??= new MutationObserver(() => {
    cached = undefined;
    for (const each of listeners) each();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    observer?.disconnect();
    cached = undefined;
  };
}

function snapshot(): Palette {
  cached ??= read();
  return cached;
}

/** The present theme's colours; the component renders again when the theme changes. */
export function usePalette(): Palette {
  return useSyncExternalStore(subscribe, snapshot);
}
