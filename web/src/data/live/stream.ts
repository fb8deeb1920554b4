// One connection for everything that a page watches: the list of runs, and the run that it shows. The browser itself
// reconnects and says where the run goes on, so nothing is missed and nothing comes twice.

import { baseUrl, type Schemas } from "../client.ts";
import { streamOnce } from "../early.ts";

export interface MetricRow {
  step: number;
  time: number;
  values: Record<string, number | null>;
  not_finite?: Record<string, "nan" | "inf" | "-inf">;
}

export type RunNews = { type: string; time: number; step?: number | null } & Record<string, unknown>;
export type LiveRun = Pick<
  Schemas["Run"],
  | "id"
  | "name"
  | "task"
  | "project"
  | "parent"
  | "state"
  | "reason"
  | "created"
  | "started"
  | "ended"
  | "step"
  | "total_steps"
  | "ordinal"
  | "starred"
  | "archived"
>;

export interface WorkspaceNews {
  runs: LiveRun[];
  removed: string[];
  is_whole?: boolean;
}

export interface StreamListener {
  onConnection(state: "open" | "lost"): void;
  onWorkspace(news: WorkspaceNews): void;
  /** The run's stream begins here: what was said before can be read now without a gap. */
  onHere(cursor: string): void;
  onRows(rows: MetricRow[]): void;
  onEvent(event: RunNews, cursor: string): void;
  onEnd(end: { state: string; reason: string | null }): void;
}

const AGAIN_MS = 2_000;

/**
 * Open the stream; returns the function that closes it. A line that breaks is taken up again by the browser; one that was refused
 * (a proxy without its server, say) is given up by the browser, and asked for again from here, from where it was.
 */
export function openStream(run: string | null, listener: StreamListener): () => void {
  let source: EventSource;
  let last = "now";
  let again: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    const query = run ? `?run=${encodeURIComponent(run)}&cursor=${encodeURIComponent(last)}` : "";
    const opened = streamOnce(`${baseUrl()}/api/stream${query}`);
    source = opened.source;
    const on = (name: string, act: (payload: never, cursor: string) => void) =>
      source.addEventListener(name, (message) => {
        last = message.lastEventId || last;
        act(JSON.parse(message.data) as never, message.lastEventId);
      });
    source.addEventListener("open", () => listener.onConnection("open"));
    source.addEventListener("error", () => {
      listener.onConnection("lost");
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
    });
    on("workspace", (news: WorkspaceNews) => listener.onWorkspace(news));
    on("here", (_: unknown, cursor) => listener.onHere(cursor));
    on("rows", ({ rows }: { rows: MetricRow[] }) => listener.onRows(rows));
    on("event", (event: RunNews, cursor) => listener.onEvent(event, cursor));
    on("end", (end: { state: string; reason: string | null }) => listener.onEnd(end));
    for (const news of opened.said) listener.onWorkspace(JSON.parse(news) as WorkspaceNews);
  };
  open();
  return () => {
    clearTimeout(again);
    source.close();
  };
}
