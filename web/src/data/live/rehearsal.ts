// What a rehearsal did before the first step, from its event.

import type { RunNews } from "./stream.ts";

/** The stages in words, in the order in which they are done. */
export const STAGE_WORDS: Readonly<Record<string, string>> = {
  steps: "Two steps on the longest batch",
  validation: "A validation",
  save: "Saving a checkpoint",
  reload: "Reading it back",
  sample: "Writing a sample",
};

export interface RehearsedStage {
  stage: string;
  seconds: number;
  /** The most memory up to its end. */
  measured_bytes: number;
}

export interface Rehearsal {
  stages: readonly RehearsedStage[];
  seconds: number;
  measured: number;
  predicted: number;
  /** The stage that failed; empty where none did. */
  failed: string;
}

export function rehearsalOf(event: RunNews | null): Rehearsal | null {
  if (event?.type !== "rehearsal") return null;
  return {
    stages: (event.stages as RehearsedStage[] | undefined) ?? [],
    seconds: Number(event.seconds ?? 0),
    measured: Number(event.measured_bytes ?? 0),
    predicted: Number(event.predicted_bytes ?? 0),
    failed: String(event.failed ?? ""),
  };
}
