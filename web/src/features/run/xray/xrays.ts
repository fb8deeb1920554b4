// X-rays of steps among the events of a run: what was seen, what was asked, and where to go from there.

import type { RunNews } from "../../../data/live/stream.ts";
import type { RunMark } from "../facts/markers.ts";

export interface XrayRow {
  /** Number in the source, `_row`. */
  row: number;
  /** Mean over its units, in nats; infinite where it is no number. */
  loss: number;
  units: number;
  /** Name of the dataset, where it is one that the run mixes in. */
  dataset?: string;
}

export interface XrayToken {
  text: string;
  /** In nats; only where it was learned. */
  loss?: number | undefined;
}

export interface Xray {
  ofStep: number;
  /** Step of the model that looked. */
  step: number;
  loss: number;
  numRows: number;
  /** Worst first. */
  rows: readonly XrayRow[];
  texts: readonly { row: number; loss: number; tokens: readonly XrayToken[] }[];
  /** Gradient norm by layer, from the embedding to the head. */
  layers: readonly { name: string; norm: number }[];
}

export type XrayState =
  | { is: "none" }
  | { is: "waiting" }
  | { is: "refused"; message: string }
  | { is: "there" };

type Loose = Record<string, unknown>;
const list = (value: unknown): Loose[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "object" && each !== null) : [];

/** The newest X-ray of each step, by step. */
export function xraysOf(events: readonly RunNews[]): Xray[] {
  const bySteps = new Map<number, Xray>();
  for (const event of events) if (event.type === "xray") bySteps.set(Number(event.of_step), xrayOf(event));
  return [...bySteps.values()].sort((a, b) => a.ofStep - b.ofStep);
}

/** JSON has no NaN: what comes as nothing is a loss beyond all numbers. */
const numberOf = (value: unknown) => (typeof value === "number" ? value : Number.POSITIVE_INFINITY);

function xrayOf(event: RunNews): Xray {
  const layers = Object.entries((event.layers ?? {}) as Record<string, number>);
  return {
    ofStep: Number(event.of_step),
    step: Number(event.step ?? event.of_step),
    loss: numberOf(event.loss),
    numRows: Number(event.num_rows ?? 0),
    rows: list(event.rows).map(({ row, loss, units, dataset }) => ({
      row: Number(row),
      loss: numberOf(loss),
      units: Number(units),
      ...(typeof dataset === "string" ? { dataset } : {}),
    })),
    texts: list(event.texts).map(({ row, loss, tokens }) => ({
      row: Number(row),
      loss: numberOf(loss),
      tokens: list(tokens).map((token) => ({
        text: String(token.text ?? ""),
        ...("loss" in token ? { loss: numberOf(token.loss) } : {}),
      })),
    })),
    layers: layers
      .map(([name, norm]) => ({ name, norm: numberOf(norm) }))
      .sort((a, b) => depthOf(a.name) - depthOf(b.name)),
  };
}

function depthOf(layer: string): number {
  const number = /^layer (\d+)$/.exec(layer)?.[1];
  if (number !== undefined) return Number(number);
  return layer === "embedding" ? -1 : layer === "norm" ? 1e6 : 1e6 + 1;
}

/** The trainer's answers to X-rays of a step, oldest first. */
export function answersFor(events: readonly RunNews[], step: number): RunNews[] {
  return events.filter(
    (event) =>
      event.type === "command" &&
      event.command === "xray" &&
      (event.arguments as Loose | undefined)?.step === step,
  );
}

/** What a mark is about: the step that spiked or was skipped, told when a row of numbers was due; 0 where there is none. */
export function stepOf(mark: RunMark): number {
  const details = (mark.event?.details ?? {}) as Loose;
  const told = [details.spike, details.skipped].find((each) => typeof each === "number");
  return Number(told ?? mark.step);
}

/** The row in the room of data, opened. */
export function rowHref(dataset: string, row: number): string {
  return `/data/${encodeURIComponent(dataset)}?tab=rows&row=${row}&open=${row}`;
}

/** The run's recipe again, without these rows; with a step it goes on from that checkpoint. */
export function leaveOutHref(run: string, rows: Iterable<number>, from: number | null = null): string {
  const sorted = [...new Set(rows)].sort((a, b) => a - b);
  const fork = from === null ? "" : `&fork=${from}`;
  return `/recipes/edit?from=${run}${fork}&leave_out=${sorted.join(",")}`;
}

/** The newest checkpoint that a step is not in yet; nothing where there is none. */
export function savedBefore(checkpoints: readonly number[], step: number): number | null {
  const before = checkpoints.filter((saved) => saved < step);
  return before.length > 0 ? Math.max(...before) : null;
}

/** What happens to rows that spoil a step: a new run without them, from the start or from a checkpoint. */
export type OnLeaveOut = (rows: readonly number[], from: number | null) => void;

/** Place of the token that was told worst; the first where none was learned. */
export function worstOf(tokens: readonly XrayToken[]): number {
  let worst = 0;
  for (const [at, { loss }] of tokens.entries())
    if ((loss ?? Number.NEGATIVE_INFINITY) > (tokens[worst]?.loss ?? Number.NEGATIVE_INFINITY)) worst = at;
  return worst;
}
