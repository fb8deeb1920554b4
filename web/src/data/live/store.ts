// A value that components can watch: changed rarely or many times a second, they see the newest one per frame.

export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Call `act` at most once a frame; in a hidden tab, where no frames come, at most once a second. */
export function perFrame(act: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    const run = () => {
      isAsked = false;
      act();
    };
    if (typeof document !== "undefined" && document.hidden) setTimeout(run, 1000);
    else requestAnimationFrame(run);
  };
}
