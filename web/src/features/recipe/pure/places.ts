// Presets name no dataset and no model of yours: here the newest fitting ones of the workspace take their places.

import type { Values } from "../../../forms/model/schema.ts";
import { getAt, setAt } from "../../../forms/model/values.ts";

export interface KnownDataset {
  name: string;
  shape: string;
  rows: number;
  /** When it was imported, as ISO 8601 in UTC. */
  created: string;
}
export interface KnownModel {
  reference: string;
  name: string;
  kind: string;
  task?: string | null | undefined;
  state?: string | null | undefined;
}

export type Missing = "dataset" | "model";
const DATASET = ["data", "dataset"];
const SOURCE = ["model", "source"];
const TEACHER = ["objective", "teacher", "source"];

export const isPlaceholder = (value: unknown): boolean =>
  typeof value === "string" && /^YOUR-[A-Z-]+$/.test(value);

/** Text teaches to continue, prompts and chats teach to answer. */
function fits(task: unknown, shape: string): boolean {
  return task === "finetune" ? shape !== "text" : shape === "text";
}

/** The newest that fits and that the objective learns from; pretraining takes any, since every shape has text in it. */
function datasetFor(
  task: unknown,
  datasets: readonly KnownDataset[],
  shapes: readonly string[],
): string | undefined {
  const newest = datasets
    .filter(({ shape }) => shapes.length === 0 || shapes.includes(shape))
    .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
  return (newest.find((each) => fits(task, each.shape)) ?? (task === "pretrain" ? newest[0] : undefined))
    ?.name;
}

export function modelFor(models: readonly KnownModel[]): string | undefined {
  const ready = models.filter((each) => each.kind !== "run" || each.state === "completed");
  return (ready.find((each) => each.task === "pretrain") ?? ready[0])?.reference;
}

export interface Wanted {
  dataset?: string | undefined;
  model?: string | undefined;
  /** Numbers of rows to leave out beside those that are: "17,204". */
  leaveOut?: string | undefined;
}

const LEAVE_OUT = ["data", "render", "leave_out"];

/** The recipe with more rows left out: sorted, each once. What is no row number is passed over. */
export function leavingOut(spec: Values, asked: string | undefined): Values {
  const more = (asked ?? "").split(",").filter((each) => /^\d{1,15}$/.test(each));
  if (more.length === 0) return spec;
  const known = getAt(spec, LEAVE_OUT);
  const rows = new Set([...(Array.isArray(known) ? known : []).map(Number), ...more.map(Number)]);
  return setAt(
    spec,
    LEAVE_OUT,
    [...rows].sort((a, b) => a - b),
  ) as Values;
}

/**
 * The recipe with what was asked for, and else with what fits in the place of each placeholder. Models are newest first; `shapes` of
 * datasets are those that the objective learns from, and any where none is named.
 */
export function fillPlaces(
  spec: Values,
  datasets: readonly KnownDataset[],
  models: readonly KnownModel[],
  wanted: Wanted = {},
  shapes: readonly string[] = [],
): Values {
  let next = spec;
  const dataset =
    wanted.dataset ??
    (isPlaceholder(getAt(spec, DATASET)) ? datasetFor(spec.task, datasets, shapes) : undefined);
  if (dataset !== undefined) next = setAt(next, DATASET, dataset) as Values;
  if (wanted.model !== undefined)
    next = setAt(next, ["model"], { kind: "pretrained", source: wanted.model }) as Values;
  const model = modelFor(models);
  for (const path of [SOURCE, TEACHER])
    if (model !== undefined && isPlaceholder(getAt(next, path))) next = setAt(next, path, model) as Values;
  return next;
}

/** What still has to be chosen. */
export function missingIn(spec: Values): Missing[] {
  const missing: Missing[] = [];
  if ([SOURCE, TEACHER].some((path) => isPlaceholder(getAt(spec, path)))) missing.push("model");
  if (isPlaceholder(getAt(spec, DATASET))) missing.push("dataset");
  return missing;
}

/** Where a shape is made for one thing, the preset for it. */
const PRESETS: Record<string, string> = {
  chat: "cpu/tiny-chat",
  label: "cpu/tiny-classification",
  preference: "cpu/tiny-preference",
};

/**
 * The preset to begin with where only a dataset or a model was named: one that can start. Without a model to go on from a new one
 * is pretrained, which learns from rows of any shape.
 */
export function presetFor(
  wanted: Wanted,
  datasets: readonly KnownDataset[],
  models: readonly KnownModel[],
): string {
  const shape = datasets.find((each) => each.name === wanted.dataset?.split("@")[0])?.shape;
  if (wanted.model !== undefined) return shape === "text" ? "cpu/tiny-pretrain" : "cpu/tiny-lora";
  const isNew = shape === undefined || shape === "text" || modelFor(models) === undefined;
  return isNew ? "cpu/tiny-pretrain" : (PRESETS[shape] ?? "cpu/tiny-finetune");
}
