import { expect, test } from "vitest";
import { trialOf } from "./recipes.ts";

const state = (name: string, more = {}) => ({ type: "state", state: name, ...more });

test("a probe tells its tries as they come and its suggestion at the end", () => {
  const tried = { type: "probe", size: 4, unit: "sequences", fits: true, peak_bytes: 5, limit_bytes: 9 };
  const running = trialOf("probe", [
    state("running"),
    { type: "progress", phase: "trying 8 sequences" },
    tried,
  ]);
  expect(running).toMatchObject({ isOver: false, phase: "trying 8 sequences", limit: 9, suggestion: null });
  expect(running.rows).toEqual([tried]);
  const suggestion = { size: 4, change: "batch.micro_batch_size=4" };
  const result = { type: "result", result: { kind: "probe", limit_bytes: 9, suggestion } };
  expect(trialOf("probe", [state("running"), tried, result, state("completed")])).toMatchObject({
    isOver: true,
    suggestion,
    error: null,
  });
});

test("a rehearsal that failed names what and what to do", () => {
  const failed = state("failed", {
    error: { message: "The rehearsal failed at saving.", hint: "Free some space." },
  });
  const told = trialOf("rehearse", [
    state("running"),
    { type: "rehearsal", stages: [{ stage: "steps", seconds: 1, measured_bytes: 2 }], failed: "save" },
    failed,
  ]);
  expect(told.error).toEqual({ what: "The rehearsal failed at saving.", todo: "Free some space." });
  expect(told.stages).toHaveLength(1);
});
