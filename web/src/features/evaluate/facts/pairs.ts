// Before and after: a model that was made from another one, both measured on the same rows.

import { type Evaluation, modelName, runOf } from "../../../data/models.ts";
import type { Board } from "./scores.ts";

export { modelName, runOf };

export interface BeforeAfter {
  before: Evaluation;
  after: Evaluation;
}

/** `bases`: of each fine-tuned run, what it was made from. */
export function beforeAfter(board: Board, bases: ReadonlyMap<string, string>): BeforeAfter[] {
  const done = board.evaluations.filter(({ state }) => state === "completed");
  return done.flatMap((after) => {
    const base = bases.get(runOf(after.model));
    const before = base && done.find((each) => runOf(each.model) === runOf(base));
    return before ? [{ before, after }] : [];
  });
}
