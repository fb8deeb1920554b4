// Following a run: server-sent events with a cursor, so that a broken line goes on where it stopped.

import type { Schemas } from "./client.ts";

export interface MetricRow {
  step: number;
  time: number;
  /** null stands for a value that is no finite number; `not_finite` says which. */
  values: Record<string, number | null>;
  not_finite?: Record<string, "nan" | "inf" | "-inf">;
}

export interface RunEnd {
  state: Schemas["Run"]["state"];
  reason: string | null;
}

export interface RunListener {
  onRows?(rows: MetricRow[], cursor: string): void;
  onEvent?(event: { type: string; time: number } & Record<string, unknown>, cursor: string): void;
  /** The run is at rest; the stream is closed and no further request is made. */
  onEnd?(end: RunEnd, cursor: string): void;
}

/** Follow a run from `cursor` on; returns the function that ends it. */
export function followRun(runId: string, listener: RunListener, cursor = "", baseUrl = ""): () => void {
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
  const source = new EventSource(`${baseUrl}api/runs/${encodeURIComponent(runId)}/stream${query}`);
  source.addEventListener("rows", (message) => {
    listener.onRows?.(JSON.parse(message.data).rows, message.lastEventId);
  });
  source.addEventListener("event", (message) => {
    listener.onEvent?.(JSON.parse(message.data), message.lastEventId);
  });
  source.addEventListener("end", (message) => {
    source.close();
    listener.onEnd?.(JSON.parse(message.data), message.lastEventId);
  });
  return () => source.close();
}
