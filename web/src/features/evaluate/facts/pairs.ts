// Before and after: a model that was made from another one, both measured on the same rows.

import type { Evaluation, Model } from "../../../data/models.ts";
import type { Board } from "./scores.ts";

export const runOf = (reference: string): string => reference.split("@")[0] ?? reference;

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

/** A model's name as people gave it, with its step. */
export function modelName(
  reference: string,
  models: readonly Pick<Model, "reference" | "name" | "run" | "step">[],
): string {
  const exact = models.find((each) => each.reference === reference);
  const found = exact ?? models.find((each) => each.run !== "" && each.run === runOf(reference));
  if (!found) return reference;
  const step = reference.split("@")[1];
  return step && !exact ? `${found.name} @${step}` : found.name;
}
