// Where a run was still well, as far as its marks tell.

import { detailsOf, type RunMark } from "./markers.ts";

/** Steps of which the guard judges what is usual: oddities that lie no further apart belong together. */
const NEAR = 20;
const ODD = ["skipped", "spike", "diverged"];

/** The newest of the checkpoints before the trouble that ended the run at `end`; null where none is that old. */
export function stepBeforeTrouble(
  marks: readonly RunMark[],
  checkpoints: readonly { step: number }[],
  end: number,
): number | null {
  const odd = marks
    .filter((mark) => ODD.some((name) => detailsOf(mark.event)[name] !== undefined))
    .map((mark) => (detailsOf(mark.event).diverged === undefined ? mark.step : mark.step - NEAR));
  let start = end;
  for (const step of odd.sort((a, b) => b - a)) if (step >= start - NEAR) start = Math.min(start, step);
  return checkpoints.findLast((each) => each.step < start)?.step ?? null;
}
