// The way from data to a served model, as far as this workspace has come.

import type { LiveRun } from "../../data/live/stream.ts";
import { LIVE_STATES } from "../../data/live/workspace.ts";

export type StageState = "done" | "current" | "todo" | "failed";

export interface StageFact {
  key: "data" | "tokenizer" | "train" | "evaluate" | "export";
  state: StageState;
  /** The newest run of the stage. */
  run: LiveRun | null;
  share?: number;
}

const TASKS: Record<StageFact["key"], readonly string[]> = {
  data: ["import"],
  tokenizer: ["tokenizer"],
  train: ["pretrain", "finetune"],
  evaluate: ["evaluate"],
  export: ["export"],
};

/** Each stage by its newest run: done, going on, failed, or still to come. */
export function stagesOf(runs: readonly LiveRun[]): StageFact[] {
  return (Object.keys(TASKS) as StageFact["key"][]).map((key) => {
    const ofTask = runs.filter((run) => TASKS[key].includes(run.task));
    const live = ofTask.find((run) => LIVE_STATES.has(run.state) && run.state !== "queued");
    const run = live ?? ofTask.find((each) => each.state !== "queued") ?? ofTask[0] ?? null;
    if (!run || run.state === "queued") return { key, state: "todo", run };
    if (live) return { key, state: "current", run, share: shareOf(run) };
    const isDone = ofTask.some((each) => each.state === "completed");
    return { key, state: isDone ? "done" : run.state === "failed" ? "failed" : "todo", run };
  });
}

export function shareOf(run: Pick<LiveRun, "step" | "total_steps">): number {
  return run.total_steps ? Math.min(1, (run.step ?? 0) / run.total_steps) : 0;
}

/** The newest runs, at most `most`, in their order: the given ones first of all, then whatever has room. */
export function latest(runs: readonly LiveRun[], first: readonly LiveRun[], most: number): LiveRun[] {
  const kept = new Set<LiveRun>();
  for (const run of [...first, ...runs]) if (kept.size < most) kept.add(run);
  return runs.filter((run) => kept.has(run));
}
