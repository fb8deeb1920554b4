// What an error says to a person: what happened, and what to do.

import { ApiError } from "./client.ts";

export interface Told {
  what: string;
  todo?: string | undefined;
  report: string;
}

export function tellError(error: unknown): Told {
  if (error instanceof ApiError) {
    const { detail, hint } = error.problem;
    return { what: detail, todo: hint || undefined, report: JSON.stringify(error.problem, null, 1) };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { what, report: what };
}

/** The error of a run, as its log keeps it. */
export function tellRunError(run: { error: Record<string, unknown> | null; reason: string }): Told {
  const { message, hint } = run.error ?? {};
  const what = typeof message === "string" && message ? message : run.reason;
  return {
    what,
    todo: typeof hint === "string" && hint ? hint : undefined,
    report: JSON.stringify(run.error ?? { reason: run.reason }, null, 1),
  };
}
