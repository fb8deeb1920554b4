// The stream of this page: opened once, told which run is on screen, closed while nobody looks and nothing runs.

import { useEffect, useSyncExternalStore } from "react";
import { RunStore, type RunView } from "./runStore.ts";
import { openStream } from "./stream.ts";
import { applyNews, LIVE_STATES, workspaceStore } from "./workspace.ts";

const HIDDEN_MS = 60_000;
let followed: RunStore | null = null;
let close: (() => void) | null = null;
let hideTimer: ReturnType<typeof setTimeout> | undefined;
let users = 0;

function connect(): void {
  close?.();
  const store = followed;
  const update = (changes: Partial<ReturnType<typeof workspaceStore.get>>) =>
    workspaceStore.set({ ...workspaceStore.get(), ...changes });
  close = openStream(store?.run ?? null, {
    onConnection: (state) =>
      update({ lostSince: state === "open" ? null : (workspaceStore.get().lostSince ?? Date.now()) }),
    onWorkspace: (news) => workspaceStore.set(applyNews(workspaceStore.get(), news)),
    onHere: (cursor) => void store?.here(cursor),
    onRows: (rows) => store?.addRows(rows),
    onEvent: (event, cursor) => store?.addEvent(event, cursor),
    onEnd: () => undefined,
  });
}

function onVisibility(): void {
  clearTimeout(hideTimer);
  if (!document.hidden) {
    if (!close) connect();
    return;
  }
  hideTimer = setTimeout(() => {
    const isLive = workspaceStore
      .get()
      .runs.some((run) => run.id === followed?.run && LIVE_STATES.has(run.state));
    if (isLive) return; // its end is worth a notification
    close?.();
    close = null;
  }, HIDDEN_MS);
}

/** Open the page's stream before anything is drawn. */
export function listen(): void {
  if (!close) connect();
}

/** Keep the page's stream open while mounted. Used once, by the shell. */
export function usePageStream(): void {
  useEffect(() => {
    users += 1;
    if (users === 1) {
      document.addEventListener("visibilitychange", onVisibility);
      listen();
    }
    return () => {
      users -= 1;
      if (users > 0) return;
      document.removeEventListener("visibilitychange", onVisibility);
      close?.();
      close = null;
    };
  }, []);
}

const stores = new Map<string, RunStore>();
const KEPT = 5;

function storeOf(run: string): RunStore {
  let store = stores.get(run);
  if (!store) {
    store = new RunStore(run);
    stores.set(run, store);
    const oldest = [...stores.keys()][0];
    if (stores.size > KEPT && oldest) stores.delete(oldest);
  }
  return store;
}

/** Read a run's past before it is followed; ends when its losses and events are there. */
export function readRun(run: string): Promise<void> {
  return storeOf(run).begin();
}

/** Follow a run: its curves and events, live. The page's one stream is turned to it. */
export function useRunView(run: string): RunView {
  const store = storeOf(run);
  useEffect(() => {
    followed = store;
    void store.begin();
    connect();
    return () => {
      if (followed === store) followed = null;
      if (users > 0) return; // the shell keeps it
      close?.();
      close = null;
    };
  }, [store]);
  return useSyncExternalStore(store.view.subscribe, store.view.get);
}
