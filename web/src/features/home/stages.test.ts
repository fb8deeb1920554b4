import { expect, test } from "vitest";
import type { LiveRun } from "../../data/live/stream.ts";
import { latest, stagesOf } from "./stages.ts";

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

test("the latest runs are those that train, and others where there is room", () => {
  const runs = ["export", "pretrain", "import", "finetune", "tokenizer"].map((task) =>
    run(task, "completed"),
  );
  const training = [runs[1], runs[3]] as LiveRun[];
  const tasks = (most: number) => latest(runs, training, most).map((each) => each.task);
  expect(tasks(1)).toEqual(["pretrain"]);
  expect(tasks(3)).toEqual(["export", "pretrain", "finetune"]);
  expect(tasks(9)).toEqual(["export", "pretrain", "import", "finetune", "tokenizer"]);
});
