// Everything that one run says, as columns: its past is read once, then the stream adds to it.

import { api, data } from "../client.ts";
import { readCurves } from "../series.ts";
import { type Curve, columnsOf, extended } from "./curve.ts";
import { newestOfEach } from "./newest.ts";
import { SHOWN } from "./shown.ts";
import { createStore, perFrame, type Store } from "./store.ts";
import type { MetricRow, RunNews } from "./stream.ts";

export type XKind = "step" | "time" | "elapsed" | "tokens";

const PIXELS = 1200;
/** Asked for before it is known which metrics there are: what a run is opened for. */
const LOSSES = ["train/loss", "val/loss"];
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
  /** By time; the same list until another event comes, so that what shows only events is not drawn for each row. */
  private sorted: readonly RunNews[] | null = null;
  private keys = new Set<string>();
  private isReading = false;
  private isRead = false;
  private isBegun = false;
  /** Where the newest event that was read stands in the log. */
  private readTo = "";
  private reading: Promise<void> = Promise.resolve();
  /** Ends when there is something to draw: the losses and the events. */
  private drawable: Promise<void> = Promise.resolve();
  private isStale = false;
  private error: unknown = null;
  private readonly publish = perFrame(() => this.view.set(this.compose()));

  readonly run: string;

  constructor(run: string) {
    this.run = run;
  }

  /** Read the past while the stream still connects, once; ends when there is something to draw. */
  begin(): Promise<void> {
    if (!this.isBegun) {
      this.isBegun = true;
      void this.load();
    }
    return this.drawable;
  }

  /** The stream begins at `cursor`: what was said between `begin` and there is read again, so that no gap stays. */
  async here(cursor: string): Promise<void> {
    const isJustBegun = this.isBegun;
    this.isBegun = false;
    if (isJustBegun) await this.reading;
    if (!isJustBegun || this.readTo !== cursor) await this.load();
  }

  /** Read all that was said so far. Called where the stream begins, and after a rewind. */
  async load(): Promise<void> {
    if (this.isReading) {
      this.isStale = true;
      return;
    }
    this.isReading = true;
    this.reading = this.loadAll();
    await this.reading;
    this.isReading = false;
    this.isRead = true;
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

  private async loadAll(): Promise<void> {
    const [losses, events] = [this.loadLosses(), this.loadEvents()];
    this.drawable = Promise.all([losses, events]).then(
      () => this.view.set(this.compose()),
      () => undefined,
    );
    try {
      await Promise.all([this.loadCurves(losses), events]);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  private async loadLosses(): Promise<Curve[]> {
    const found = await this.readPast(LOSSES);
    if (found.length > 0 && !this.isRead) this.show(found);
    return found;
  }

  /** The losses at once, beside the question which metrics there are; then the others. */
  private async loadCurves(asked = this.loadLosses()): Promise<void> {
    const path = { id: this.run };
    const [summary, losses] = await Promise.all([
      data(api.GET("/api/runs/{id}/summary", { params: { path } })),
      asked,
    ]);
    this.keys = new Set([...Object.keys(summary), ...this.keys]);
    const others = [...this.keys].filter((key) => !LOSSES.includes(key));
    this.show([...losses, ...(others.length > 0 ? await this.readPast(others) : [])]);
  }

  private async readPast(keys: string[]): Promise<Curve[]> {
    const curves = await readCurves({ runs: [this.run], keys, x: "step", px: PIXELS });
    return curves.filter((curve) => curve.x.length > 0);
  }

  private show(curves: readonly Curve[]): void {
    this.past = new Map(curves.map((curve) => [curve.key, curve]));
    const isNew = (row: MetricRow, key: string) => row.step > (this.past.get(key)?.x.at(-1) ?? -1);
    this.tail = this.tail.filter((row) => Object.keys(row.values).some((key) => isNew(row, key)));
    this.publish();
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
      this.readTo = page.items.at(-1)?.cursor ?? this.readTo;
      cursor = page.next_cursor;
    } while (cursor);
  }

  private keep(news: [string, RunNews][]): void {
    const isNew = news.some(([cursor]) => !this.events.has(cursor));
    for (const [cursor, event] of news) this.events.set(cursor, event);
    if (isNew) this.sorted = null;
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
    this.sorted ??= [...this.events.values()].sort((a, b) => a.time - b.time);
    const events = this.sorted;
    const state = events.findLast((event) => event.type === "state");
    return {
      curves,
      events,
      latest,
      step: Math.max(0, ...[...latest.values()].map((each) => each.step)),
      time: this.tail.at(-1)?.time ?? 0,
      state: String(state?.state ?? ""),
      reason: String(state?.reason ?? ""),
      isLoaded: this.isRead,
      error: this.error,
      version: this.view.get().version + 1,
    };
  }
}
