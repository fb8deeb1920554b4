import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useRunView } from "../../../data/live/page.ts";
import { FINAL_STATES } from "../../../data/live/workspace.ts";
import { eventsQuery, type Run, runQuery } from "../../../data/runs.ts";

const ASK_MS = 1000;

export interface Made {
  name: string;
  version: number;
  rows: number;
  bad: number;
  /** Size of a tokenizer, and the size that was asked for. */
  tokens?: number;
  wanted?: number;
}

function madeOf(result: unknown): Made | null {
  if (typeof result !== "object" || result === null) return null;
  const { name, version, rows, vocab_size, spec } = result as {
    name?: unknown;
    version?: unknown;
    rows?: { good?: number; bad?: number };
    vocab_size?: number;
    spec?: { vocab_size?: number };
  };
  if (typeof name !== "string" || typeof version !== "number") return null;
  return {
    name,
    version,
    rows: rows?.good ?? 0,
    bad: rows?.bad ?? 0,
    ...(vocab_size === undefined ? {} : { tokens: vocab_size, wanted: spec?.vocab_size ?? vocab_size }),
  };
}

/** A run that makes a dataset or tokenizer, asked for until it has ended; `onMade` is told once what it made. */
export function useMakingRun(
  id: string,
  onMade?: (made: Made) => void,
): { run: Run | null; made: Made | null } {
  const client = useQueryClient();
  const told = useRef("");
  const { data: run = null } = useQuery({
    ...runQuery(id),
    refetchInterval: ({ state }) => (FINAL_STATES.has(state.data?.state ?? "") ? false : ASK_MS),
  });
  const isDone = run?.state === "completed";
  const { data: events } = useQuery({ ...eventsQuery(id, ["result"]), enabled: isDone });
  const made = madeOf(events?.items.at(-1)?.event.result);
  useEffect(() => {
    if (!made || told.current === id) return;
    told.current = id;
    void client.invalidateQueries({ queryKey: ["datasets"] });
    void client.invalidateQueries({ queryKey: ["tokenizers"] });
    void client.invalidateQueries({ queryKey: ["estimate"] }); // what it is made for may have waited for it
    onMade?.(made);
  }, [made, id, client, onMade]);
  return { run, made };
}

export interface Progress {
  phase: string;
  done: number;
  total: number | null;
  unit: string;
}

/** How far a run says it is, live. Turns the page's one stream to it. */
export function useProgress(id: string): Progress | null {
  const { events } = useRunView(id);
  const newest = events.findLast((event) => event.type === "progress");
  if (!newest) return null;
  return {
    phase: String(newest.phase ?? ""),
    done: Number(newest.done ?? 0),
    total: typeof newest.total === "number" ? newest.total : null,
    unit: String(newest.unit ?? ""),
  };
}
