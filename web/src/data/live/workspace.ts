// What every page knows: the newest runs and their states, and whether the connection stands.

import { useSyncExternalStore } from "react";
import { createStore } from "./store.ts";
import type { LiveRun, WorkspaceNews } from "./stream.ts";

export interface WorkspaceView {
  /** Newest first. */
  runs: readonly LiveRun[];
  /** Whether the first list has come. */
  isKnown: boolean;
  /** Since when the connection is lost, in ms; null while it stands. */
  lostSince: number | null;
}

const EMPTY: WorkspaceView = { runs: [], isKnown: false, lostSince: null };
export const workspaceStore = createStore<WorkspaceView>(EMPTY);

export function applyNews(view: WorkspaceView, news: WorkspaceNews): WorkspaceView {
  const byId = new Map((news.is_whole ? [] : view.runs).map((run) => [run.id, run]));
  for (const run of news.runs) byId.set(run.id, run);
  for (const id of news.removed) byId.delete(id);
  const runs = [...byId.values()].sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
  return { ...view, runs, isKnown: true };
}

export function useWorkspace(): WorkspaceView {
  return useSyncExternalStore(workspaceStore.subscribe, workspaceStore.get, workspaceStore.get);
}

/** The newest runs, once they are known. */
export function workspaceKnown(): Promise<readonly LiveRun[]> {
  return new Promise((known) => {
    const look = () => {
      const view = workspaceStore.get();
      if (!view.isKnown) return;
      leave();
      known(view.runs);
    };
    const leave = workspaceStore.subscribe(look);
    look();
  });
}

export const LIVE_STATES: ReadonlySet<string> = new Set([
  "queued",
  "starting",
  "running",
  "pausing",
  "paused",
  "stopping",
]);
export const WORKING_STATES: ReadonlySet<string> = new Set(["starting", "running", "pausing", "stopping"]);
export const FINAL_STATES: ReadonlySet<string> = new Set(["completed", "failed", "stopped"]);
export const TRAINING_TASKS: ReadonlySet<string> = new Set(["pretrain", "finetune"]);
