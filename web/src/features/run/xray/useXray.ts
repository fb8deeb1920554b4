import { useMemo, useState } from "react";
import type { RunNews } from "../../../data/live/stream.ts";
import type { Run } from "../../../data/runs.ts";
import type { Commands } from "../live/useCommands.ts";
import { answersFor, type Xray, type XrayState, xraysOf } from "./xrays.ts";

export interface Xrays {
  all: readonly Xray[];
  /** Whether the run answers now. */
  canAsk: boolean;
  /** The step that was asked for last on this page. */
  asked: number | null;
  stateOf: (step: number) => XrayState;
  ask: (step: number) => void;
}

/** X-rays of a run: those that are there, and how it stands with one that was asked for. */
export function useXray(run: Pick<Run, "state">, events: readonly RunNews[], commands: Commands): Xrays {
  const [asked, setAsked] = useState<{ step: number; answers: number } | null>(null);
  const all = useMemo(() => xraysOf(events), [events]);
  const canAsk = run.state === "running" || run.state === "paused";
  const ask = async (step: number) => {
    setAsked({ step, answers: answersFor(events, step).length });
    if (!(await commands.send("xray", { step }))) setAsked((old) => old && { ...old, answers: -1 });
  };
  const stateOf = (step: number): XrayState => {
    const answers = answersFor(events, step);
    if (canAsk && asked?.step === step && answers.length === asked.answers) return { is: "waiting" };
    if (all.some(({ ofStep }) => ofStep === step)) return { is: "there" };
    const last = answers.at(-1);
    if (last && !last.accepted) return { is: "refused", message: String(last.message ?? "") };
    return { is: "none" };
  };
  return { all, canAsk, asked: asked?.step ?? null, stateOf, ask: (step) => void ask(step) };
}
