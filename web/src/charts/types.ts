// What the charts take. Nothing here fetches: arrays in, pixels out.
import type { ReactNode } from "react";
import type { Thread } from "../ui/thread.ts";

/** From and to, both included, in units of the x-axis. */
export type Range = readonly [from: number, to: number];

export type XKind = "step" | "tokens" | "time";

export interface XAxis {
  /** How positions are written: whole steps, tokens, or seconds since the start. */
  kind: XKind;
  /** The axis in words, lower case: step. */
  label: string;
}

export type MarkerKind = "checkpoint" | "evaluation" | "change" | "anomaly" | "rehearsal";

export interface ChartMarker {
  id: string;
  x: number;
  kind: MarkerKind;
  /** What happened, in a few words. */
  label: string;
  /** Opens its detail. */
  onOpen?: (() => void) | undefined;
}

export interface LineSeries {
  id: string;
  label: string;
  /** The run's thread; without one, threads are given in order. */
  thread?: Thread | undefined;
  /** Ascending positions. Series may share one array or bring their own. */
  x: Float64Array;
  /** Value, or the mean or last value of a bucket. NaN is a gap. */
  y: Float64Array;
  /** Least value of each bucket. */
  min?: Float64Array | undefined;
  /** Greatest value of each bucket. */
  max?: Float64Array | undefined;
  /** Validation of a run: the fourth thread. */
  isValidation?: boolean | undefined;
  /** Events of this series alone; they join the lane. */
  markers?: readonly ChartMarker[] | undefined;
}

/** What stands in the place of a chart that cannot be drawn yet. */
export type ChartStatus =
  | { state: "loading"; what?: string | undefined; progress?: number | undefined }
  | { state: "empty"; title: string; hint?: string | undefined; action?: ReactNode }
  | {
      state: "error";
      title: string;
      reason?: string | undefined;
      onRetry?: (() => void) | undefined;
      onCopyReport?: (() => void) | undefined;
    };

export interface LineChartHandle {
  /** The chart as an image, with title, legend and labels. */
  png: () => Promise<Blob>;
  svg: () => Promise<string>;
  /** Exact values, one row a position. */
  csv: () => Promise<string>;
  fullScreen: () => Promise<void>;
}

export interface LineChartView {
  smoothing: number;
  yLog: boolean;
  xKind: XKind;
  clipOutliers: boolean;
  asTable: boolean;
}

export interface HistogramBin {
  from: number;
  to: number;
  count: number;
}

export interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  label: string;
  thread?: Thread | undefined;
}

export interface ParallelAxis {
  id: string;
  label: string;
  /** The values of a categorical axis, from the bottom up. Without it the axis is numeric. */
  categories?: readonly string[] | undefined;
  log?: boolean | undefined;
}

export interface ParallelRow {
  id: string;
  label: string;
  thread?: Thread | undefined;
  /** By axis id. A missing value leaves the axis out of the line. */
  values: Readonly<Record<string, number | string | null | undefined>>;
}
