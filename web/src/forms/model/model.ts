// From JSON Schema to the fields of a form: one small tree of types that the widgets know.

import { holdsWords, isExpert, isLong, isProse } from "./hints.ts";
import { type RootSchema, resolve, type Schema } from "./schema.ts";
import { emptyMeans, humanise } from "./words.ts";

export interface Limits {
  minimum?: number | undefined;
  maximum?: number | undefined;
  above?: number | undefined;
  below?: number | undefined;
}

export type Control =
  | ({ type: "number"; integer: boolean; scale: "log" | "linear" } & Limits)
  | { type: "text"; long: boolean; mono: boolean; maxLength?: number | undefined }
  | { type: "switch" }
  | { type: "enum"; options: readonly unknown[] }
  | { type: "const" }
  | { type: "words"; special?: string | undefined; areNumbers?: boolean }
  | { type: "choices"; options: readonly string[] }
  | { type: "group"; fields: readonly Field[] }
  | { type: "union"; branches: readonly Branch[] }
  | { type: "list"; item: Field; most?: number | undefined }
  | { type: "map"; item: Field; most?: number | undefined };

export interface Branch {
  kind: string;
  help: string;
  fields: readonly Field[];
}

export interface Field {
  name: string;
  /** In words, sentence case; a key of the translations. */
  label: string;
  help: string;
  unit?: string | undefined;
  group?: string | undefined;
  isSimple: boolean;
  isExpert: boolean;
  isRequired: boolean;
  /** Null is a value. `emptyMeans` says what it stands for. */
  isOptional: boolean;
  emptyMeans?: string | undefined;
  default: unknown;
  control: Control;
}

/** The fields of one definition, such as `PretrainSpec`, in the order of its properties. */
export function fieldsOf(root: RootSchema, definition: string): readonly Field[] {
  return fieldsIn(root, resolve(root, { $ref: `#/$defs/${definition}` }), 1);
}

/** What stands first in a form, whatever the alphabet says. */
const ORDER = [
  "name",
  "model",
  "tokenizer",
  "source",
  "dataset",
  "data",
  "prompt",
  "tuning",
  "loop",
  "optimizer",
].concat(
  ["schedule", "batch", "metrics", "generation", "format", "mapping", "split", "evaluation", "checkpoints"],
  [
    "kind",
    "max_steps",
    "num_epochs",
    "learning_rate",
    "num_layers",
    "hidden_size",
    "num_heads",
    "rank",
    "alpha",
  ],
  ["micro_batch_size", "micro_batch_tokens", "train", "validation", "test", "every_steps", "warmup_steps"],
);
const LAST = ["tags", "seed", "project", "guard", "compute", "distributed"];

function place(name: string): number {
  const first = ORDER.indexOf(name);
  if (first >= 0) return first - 100;
  return LAST.indexOf(name);
}

function fieldsIn(root: RootSchema, schema: Schema, depth: number): readonly Field[] {
  const names = Object.keys(schema.properties ?? {});
  names.sort((a, b) => place(a) - place(b));
  return names.map((name) =>
    fieldOf(root, name, schema.properties?.[name] ?? {}, schema.required?.includes(name) ?? false, depth),
  );
}

function fieldOf(root: RootSchema, name: string, raw: Schema, isRequired: boolean, depth: number): Field {
  const isOptional = raw.anyOf?.some((each) => each.type === "null") ?? false;
  const parts = raw.anyOf?.filter((each) => each.type !== "null") ?? [];
  const [only] = parts;
  const bare = parts.length === 1 && only ? { ...only, ...raw, anyOf: undefined, ...pick(only) } : raw;
  const schema = resolve(root, bare as Schema);
  const help = raw.description || schema.description || "";
  const control = controlOf(root, name, schema, isOptional, depth);
  return {
    name,
    label: humanise(name),
    help,
    unit: raw.ui?.unit,
    group: raw.ui?.group,
    isSimple: raw.ui?.simple ?? false,
    isExpert: isExpert(name),
    isRequired,
    isOptional,
    emptyMeans: isOptional || raw.default === "" ? emptyMeans(help) : undefined,
    default: raw.default ?? defaultOf(control, raw),
    control,
  };
}

/** The type of the one branch beside null wins over the words around it. */
function pick(schema: Schema): Schema {
  const { description: _d, title: _t, default: _v, ...rest } = schema;
  return rest;
}

function defaultOf(control: Control, raw: Schema): unknown {
  if ("default" in raw) return raw.default;
  if (control.type === "words" || control.type === "choices" || control.type === "list") return [];
  if (control.type === "map") return {};
  return undefined;
}

function controlOf(
  root: RootSchema,
  name: string,
  schema: Schema,
  isOptional: boolean,
  depth: number,
): Control {
  if (schema.const !== undefined) return { type: "const" };
  if (schema.enum) return { type: "enum", options: schema.enum };
  if (schema.oneOf) return { type: "union", branches: branchesOf(root, schema, depth) };
  if (schema.anyOf) return wordsOr(schema.anyOf);
  if (schema.properties) return { type: "group", fields: fieldsIn(root, schema, depth + 1) };
  if (isSchema(schema.additionalProperties))
    return {
      type: "map",
      item: fieldOf(root, name, schema.additionalProperties, true, depth),
      most: schema.maxProperties,
    };
  if (schema.type === "array") return listOf(root, name, schema, depth);
  if (schema.type === "boolean")
    return isOptional ? { type: "enum", options: [true, false] } : { type: "switch" };
  if (schema.type === "integer" || schema.type === "number") return numberOf(schema);
  return { type: "text", long: isLong(name, depth), mono: !isProse(name), maxLength: schema.maxLength };
}

const isSchema = (each: Schema | boolean | undefined): each is Schema => typeof each === "object";

/** What a new thing of this type begins with: of several the first. */
export function firstValue(control: Control): unknown {
  if (control.type === "enum") return control.options[0];
  if (control.type === "switch") return false;
  if (control.type === "union") return { kind: control.branches[0]?.kind };
  return control.type === "group" || control.type === "map" ? {} : control.type === "text" ? "" : null;
}

function branchesOf(root: RootSchema, schema: Schema, depth: number): readonly Branch[] {
  return (schema.oneOf ?? []).map((each) => {
    const found = resolve(root, each);
    const kind = String(found.properties?.[schema.discriminator?.propertyName ?? "kind"]?.const ?? "");
    return { kind, help: found.description ?? "", fields: fieldsIn(root, found, depth + 1) };
  });
}

function wordsOr(parts: readonly Schema[]): Control {
  const special = parts.find((each) => each.const !== undefined)?.const;
  return { type: "words", special: special === undefined ? undefined : String(special) };
}

function listOf(root: RootSchema, name: string, schema: Schema, depth: number): Control {
  const items = resolve(root, schema.items ?? {});
  if (items.type === "integer" || items.type === "number") return { type: "words", areNumbers: true };
  if (items.enum) return { type: "choices", options: items.enum.map(String) };
  if (items.type === "string" && holdsWords(name)) return { type: "words" };
  const item = fieldOf(root, name, schema.items ?? {}, true, depth);
  return { type: "list", item, most: schema.maxItems };
}

function numberOf(schema: Schema): Control {
  return {
    type: "number",
    integer: schema.type === "integer",
    scale: schema.ui?.scale ?? "linear",
    minimum: schema.minimum,
    maximum: schema.maximum,
    above: schema.exclusiveMinimum,
    below: schema.exclusiveMaximum,
  };
}
