// The ordered list of steps: what it starts with, what it says, and the same as a command or as YAML.

import { fieldsOf } from "../../../../forms/model/model.ts";
import { plainHelp } from "../../../../forms/model/plain.ts";
import { isValues, type RootSchema, type Values } from "../../../../forms/model/schema.ts";
import { humaniseOption } from "../../../../forms/model/words.ts";

export interface StepDraft {
  /** Its own for as long as the draft lives; tells equal steps apart. */
  id: string;
  kind: string;
  settings: Values;
}

export interface StepKind {
  kind: string;
  label: string;
  /** One line. */
  help: string;
  /** Name of its definition in the schema. */
  definition: string;
  group: Group;
}

export type Group = "texts" | "rows" | "splits" | "new" | "more";

const GROUPS: Record<string, Group> = {
  html: "texts",
  unicode: "texts",
  whitespace: "texts",
  redact: "texts",
  length: "rows",
  pattern: "rows",
  language: "rows",
  quality: "rows",
  duplicates: "rows",
  near_duplicates: "rows",
  leakage: "rows",
  rows: "rows",
  resplit: "splits",
};

/** What a step needs to be told before it can do anything. */
const FIRST: Record<string, Values> = {
  length: { min_characters: 20 },
  language: { keep: ["en"] },
  pattern: { pattern: "lorem ipsum", ignore_case: true },
  quality: { threshold: 0.3 },
  rows: { drop: [1] },
  augment_contextual: { model: "bert-folder" },
  augment_paraphrase: { endpoint: "http://127.0.0.1:8000/v1", model: "model" },
  augment_translate: { endpoint: "http://127.0.0.1:8000/v1", model: "model" },
};

/** All kinds of step that the server knows, in its order. */
export function catalogueOf(schema: RootSchema): StepKind[] {
  if (!schema.$defs.RefineSpec) return [];
  const control = fieldsOf(schema, "RefineSpec").find(({ name }) => name === "steps")?.control;
  if (control?.type !== "list") return [];
  const mapping = schema.$defs.RefineSpec.properties?.steps?.items?.discriminator?.mapping ?? {};
  const { control: step } = control.item;
  if (step.type !== "union") return [];
  return step.branches.map(({ kind, help }) => ({
    kind,
    label: humaniseOption(kind),
    help: plainHelp(help).split(". ")[0]?.replace(/\.$/, "") ?? "",
    definition: (mapping[kind] ?? "").replace("#/$defs/", ""),
    group: kind.startsWith("augment_") ? "new" : (GROUPS[kind] ?? "more"),
  }));
}

/** A new step with what it needs to be told. */
export function newStep(kind: string, taken: readonly StepDraft[]): StepDraft {
  const most = taken.reduce((top, { id }) => Math.max(top, Number(id)), 0);
  return { id: String(most + 1), kind, settings: FIRST[kind] ?? {} };
}

/** Steps as the server takes them. */
export const specsOf = (steps: readonly StepDraft[]): Values[] =>
  steps.map(({ kind, settings }) => ({ kind, ...settings }));

export const inOrder = (steps: readonly StepDraft[], ids: readonly string[]): StepDraft[] =>
  ids.flatMap((id) => steps.filter((step) => step.id === id));

/** What was changed from the usual, in few words: “min characters 20, where answers”. */
export function summaryOf({ settings }: StepDraft): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${shown(value)}`)
    .join(", ");
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length > 4 ? `${value.slice(0, 4).join(", ")} …` : value.join(", ");
  if (isValues(value)) return String(value.kind ?? "…");
  const text = String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The list as a command line. */
export function commandOf(dataset: string, steps: readonly StepDraft[], into: string): string {
  const parts = steps.map(({ kind, settings }) => {
    const pairs = Object.entries(settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return `  --step ${quoted(pairs.length > 0 ? `${kind}:${pairs.join(",")}` : kind)}`;
  });
  const named = into ? [`  --into ${quoted(into)}`] : [];
  return [`tokenloom data refine ${quoted(dataset)}`, ...parts, ...named].join(" \\\n");
}

const quoted = (text: string) => (/^[\w@.:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);

/** The list as a recipe. JSON is YAML, too: each value stands as JSON. */
export function yamlOf(dataset: string, steps: readonly StepDraft[], into: string): string {
  const lines = [`task: refine`, `dataset: ${JSON.stringify(dataset)}`, "steps:"];
  for (const { kind, settings } of steps) {
    lines.push(`  - kind: ${kind}`);
    for (const [name, value] of Object.entries(settings)) lines.push(`    ${name}: ${JSON.stringify(value)}`);
  }
  if (into) lines.push(`into: ${JSON.stringify(into)}`);
  return `${lines.join("\n")}\n`;
}

/** Problems of the server that belong to one step, named as its form names them. */
export function problemsAt<P extends { field: string }>(problems: readonly P[], at: number): P[] {
  const prefix = `steps.${at}`;
  return problems
    .filter(({ field }) => field === prefix || field.startsWith(`${prefix}.`))
    .map((problem) => ({ ...problem, field: problem.field.slice(prefix.length + 1) }));
}
