// Everything that one run says, as columns: its past is read once, then the stream adds to it.

import { api, data } from "../client.ts";
import { readSeries } from "../series.ts";
import { type Curve, curveOf, extended } from "./curve.ts";
import { newestOfEach } from "./newest.ts";
import { createStore, perFrame, type Store } from "./store.ts";
import type { MetricRow, RunNews } from "./stream.ts";

export type XKind = "step" | "time" | "elapsed" | "tokens";

/** Events that are shown; rows of numbers and pieces of text are not among them. */
const SHOWN = [
  "state",
  "command",
  "progress",
  "sample",
  "checkpoint",
  "rewind",
  "note",
  "training",
  "ledger",
  "system",
  "result",
];
const PIXELS = 1200;
const TAIL_ROWS = 800;
/** Readings of the machine come by the thousand: they must not push a sample or a command out. */
const MOST_OF_A_TYPE = 2000;
const MOST_EVENTS = 6000;

export interface RunView {
  curves: ReadonlyMap<string, Curve>;
  events: readonly RunNews[];
  /** Newest value of each metric, with its step. */
  latest: ReadonlyMap<string, { step: number; value: number }>;
  step: number;
  /** Unix seconds of the newest row. */
  time: number;
  state: string;
  reason: string;
  isLoaded: boolean;
  error: unknown;
  /** Counts changes, so that a chart can tell a new view cheaply. */
  version: number;
}

const EMPTY: RunView = {
  curves: new Map(),
  events: [],
  latest: new Map(),
  step: 0,
  time: 0,
  state: "",
  reason: "",
  isLoaded: false,
  error: null,
  version: 0,
};

export class RunStore {
  readonly view: Store<RunView> = createStore(EMPTY);
  private past = new Map<string, Curve>();
  private tail: MetricRow[] = [];
  private events = new Map<string, RunNews>();
  private keys = new Set<string>();
  private isReading = false;
  private isStale = false;
  private error: unknown = null;
  private readonly publish = perFrame(() => this.view.set(this.compose()));

  readonly run: string;

  constructor(run: string) {
    this.run = run;
  }

  /** Read all that was said so far. Called where the stream begins, and after a rewind. */
  async load(): Promise<void> {
    if (this.isReading) {
      this.isStale = true;
      return;
    }
    this.isReading = true;
    try {
      await Promise.all([this.loadCurves(), this.loadEvents()]);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.isReading = false;
    this.publish();
    if (this.isStale) {
      this.isStale = false;
      await this.load();
    }
  }

  addRows(rows: MetricRow[]): void {
    this.tail.push(...rows);
    if (this.tail.length > TAIL_ROWS) void this.loadCurves().catch(() => undefined);
    this.publish();
  }

  addEvent(event: RunNews, cursor: string): void {
    if (event.type === "rewind") {
      this.tail = this.tail.filter((row) => row.step <= Number(event.step));
      void this.load();
    }
    if (SHOWN.includes(event.type)) this.keep([[cursor, event]]);
    this.publish();
  }

  private async loadCurves(): Promise<void> {
    const summary = await data(api.GET("/api/runs/{id}/summary", { params: { path: { id: this.run } } }));
    this.keys = new Set([...Object.keys(summary), ...this.keys]);
    const keys = [...this.keys];
    if (keys.length === 0) return;
    const query = { runs: [this.run], keys, x: "step" as const, px: PIXELS, format: "json" as const };
    const series = await readSeries(query);
    this.past = new Map(series.curves.map((curve) => [curve.key, curveOf(curve)]));
    const isNew = (row: MetricRow, key: string) => row.step > (this.past.get(key)?.x.at(-1) ?? -1);
    this.tail = this.tail.filter((row) => Object.keys(row.values).some((key) => isNew(row, key)));
  }

  /** Pages come oldest first: all are read, the newest stay. */
  private async loadEvents(): Promise<void> {
    let cursor = "";
    do {
      const page = await data(
        api.GET("/api/runs/{id}/events", {
          params: { path: { id: this.run }, query: { type: SHOWN, cursor, limit: 1000 } },
        }),
      );
      this.keep(page.items.map((item) => [item.cursor, item.event as RunNews]));
      cursor = page.next_cursor;
    } while (cursor);
  }

  private keep(news: [string, RunNews][]): void {
    for (const [cursor, event] of news) this.events.set(cursor, event);
    if (this.events.size > MOST_EVENTS) this.events = newestOfEach(this.events, MOST_OF_A_TYPE);
  }

  private compose(): RunView {
    const curves = new Map(this.past);
    const tails = columnsOf(this.tail);
    for (const [key, tail] of tails) {
      const empty: Curve = {
        run: this.run,
        key,
        x: new Float64Array(),
        y: new Float64Array(),
        isExact: true,
      };
      curves.set(key, extended(curves.get(key) ?? empty, tail.x, tail.y));
    }
    const latest = new Map<string, { step: number; value: number }>();
    for (const [key, curve] of curves) {
      const at = curve.x.length - 1;
      if (at >= 0) latest.set(key, { step: curve.x[at] ?? 0, value: curve.y[at] ?? Number.NaN });
    }
    const events = [...this.events.values()].sort((a, b) => a.time - b.time);
    const state = events.findLast((event) => event.type === "state");
    return {
      curves,
      events,
      latest,
      step: Math.max(0, ...[...latest.values()].map((each) => each.step)),
      time: this.tail.at(-1)?.time ?? 0,
      state: String(state?.state ?? ""),
      reason: String(state?.reason ?? ""),
      isLoaded: !this.isReading || this.past.size > 0 || this.events.size > 0,
      error: this.error,
      version: this.view.get().version + 1,
    };
  }
}

function columnsOf(rows: readonly MetricRow[]): Map<string, { x: number[]; y: number[] }> {
  const columns = new Map<string, { x: number[]; y: number[] }>();
  for (const row of rows) {
    for (const [key, value] of Object.entries(row.values)) {
      let column = columns.get(key);
      if (!column) {
        column = { x: [], y: [] };
        columns.set(key, column);
      }
      column.x.push(row.step);
      column.y.push(value ?? Number.NaN);
    }
  }
  return columns;
}
