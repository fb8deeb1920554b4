import { expect, test } from "vitest";
import type { LiveRun } from "../../data/live/stream.ts";
import { stagesOf } from "./stages.ts";

function run(task: string, state: string, more: Partial<LiveRun> = {}): LiveRun {
  const none = { reason: "", started: null, ended: null, step: null, total_steps: null, ordinal: null };
  return {
    ...none,
    id: `${task}-${state}`,
    name: task,
    task,
    state,
    project: "",
    parent: "",
    created: 1,
    starred: false,
    archived: false,
    ...more,
  } as LiveRun;
}

test("an empty workspace has everything before it", () => {
  expect(stagesOf([]).map((stage) => stage.state)).toEqual(["todo", "todo", "todo", "todo", "todo"]);
});

test("a live run is the current stage, with its share; a queued one is still to come", () => {
  const stages = stagesOf([
    run("evaluate", "queued"),
    run("pretrain", "running", { step: 30, total_steps: 120 }),
    run("tokenizer", "completed"),
    run("import", "completed"),
  ]);
  expect(stages.map((stage) => stage.state)).toEqual(["done", "done", "current", "todo", "todo"]);
  expect(stages[2]?.share).toBe(0.25);
});

test("a failure shows only where nothing of that stage went well", () => {
  expect(stagesOf([run("import", "failed")])[0]?.state).toBe("failed");
  expect(stagesOf([run("import", "failed"), run("import", "completed")])[0]?.state).toBe("done");
});
