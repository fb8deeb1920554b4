import { useEffect, useRef, useState } from "react";
import { ApiError, type Problem } from "../../../data/client.ts";
import { streamGeneration } from "../../../data/models.ts";
import { sendCommand } from "../../../data/runs.ts";
import { type Request, toSpec } from "../prompt/settings.ts";
import type { Written } from "./stored.ts";

export type Stage = "idle" | "queued" | "starting" | "loading" | "writing" | "done" | "stopped" | "failed";

export interface Generation {
  stage: Stage;
  text: string;
  run: string;
  model: string;
  tokens: number;
  tokensPerSecond: number;
  problem: Pick<Problem, "detail" | "hint"> | null;
}

const NOTHING: Generation = {
  stage: "idle",
  text: "",
  run: "",
  model: "",
  tokens: 0,
  tokensPerSecond: 0,
  problem: null,
};
const STAGES: Record<string, Stage> = {
  queued: "queued",
  starting: "starting",
  running: "loading",
  completed: "done",
  stopped: "stopped",
  failed: "failed",
};

export function isBusy(stage: Stage): boolean {
  return stage === "queued" || stage === "starting" || stage === "loading" || stage === "writing";
}

/** One answer of one model, growing. */
export function useGeneration(onDone: (written: Written) => void) {
  const [state, setState] = useState<Generation>(NOTHING);
  const running = useRef<AbortController | null>(null);
  const run = useRef("");
  useEffect(() => () => running.current?.abort(), []);

  const start = async (request: Request) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    let now: Generation = { ...NOTHING, stage: "queued", model: request.model };
    const show = (change: Partial<Generation>) => {
      if (running.current !== abort) return;
      now = { ...now, ...change };
      setState(now);
    };
    show({});
    try {
      await streamGeneration(
        toSpec(request),
        {
          onRun: (id) => {
            run.current = id;
            show({ run: id });
          },
          onState: (word, error) => {
            const stage = STAGES[word];
            if (stage)
              show({ stage, ...(error ? { problem: { detail: messageOf(error), hint: error.hint } } : {}) });
          },
          onText: (piece) => show({ stage: "writing", text: now.text + piece }),
          onResult: (result) =>
            show({ tokens: result.tokens ?? 0, tokensPerSecond: result.tokens_per_second ?? 0 }),
        },
        abort.signal,
      );
      if (now.stage === "done") {
        const { text, tokens, tokensPerSecond } = now;
        onDone({ ...request, id: now.run, time: Date.now() / 1000, text, tokens, tokensPerSecond });
      } else if (isBusy(now.stage)) {
        show({ stage: "failed", problem: { detail: "The stream ended early.", hint: "Try again." } });
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      const problem = error instanceof ApiError ? error.problem : { detail: String(error), hint: "" };
      show({ stage: "failed", problem });
    }
  };
  const stop = () => {
    running.current?.abort();
    running.current = null;
    setState((old) => ({ ...old, stage: "stopped" }));
    if (run.current) void sendCommand(run.current, "stop_now").catch(() => undefined);
  };
  return { state, start, stop };
}

/** A run's error calls its sentence `message`, a refusal `detail`. */
function messageOf(error: Problem): string {
  return String((error as unknown as { message?: string }).message ?? error.detail ?? "");
}
