// Kinds and fields of a choice in the recipe's schema, flat enough for a small form.

import { humanise } from "../../../forms/model/words.ts";

type Json = Record<string, unknown>;

export interface SchemaField {
  name: string;
  label: string;
  description: string;
  type: "text" | "number" | "choice" | "switch";
  initial: unknown;
  isInteger: boolean;
  isNullable: boolean;
  isRequired: boolean;
  minimum?: number;
  maximum?: number;
  options: string[];
  unit?: string;
  isLog: boolean;
}

export interface SchemaKind {
  kind: string;
  description: string;
  fields: SchemaField[];
}

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asJson = (value: unknown): Json => (isJson(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const number = (value: unknown) => (typeof value === "number" ? { it: value } : {}).it;

function definition(schema: Json, name: string): Json {
  return asJson(asJson(schema.$defs)[name]);
}

function resolved(schema: Json, node: unknown): Json {
  const found = asJson(node);
  const target = typeof found.$ref === "string" ? (found.$ref.split("/").at(-1) ?? "") : "";
  return target ? definition(schema, target) : found;
}

function typeOf(node: Json): SchemaField["type"] | null {
  if (Array.isArray(node.enum)) return "choice";
  if (node.type === "integer" || node.type === "number") return "number";
  if (node.type === "boolean") return "switch";
  return node.type === "string" ? "text" : null;
}

function fieldOf(name: string, given: Json, isRequired: boolean): SchemaField | null {
  const branches = list(given.anyOf).map(asJson);
  const isNullable = branches.some((each) => each.type === "null");
  const node = { ...given, ...(branches.find((each) => each.type !== "null") ?? {}) };
  const type = typeOf(node);
  if (type === null) return null;
  const ui = asJson(given.ui);
  return {
    name,
    label: humanise(name),
    description: String(given.description ?? "").replace(/`/g, ""),
    type,
    initial: given.default ?? null,
    isInteger: node.type === "integer",
    isNullable,
    isRequired,
    minimum: number(node.minimum),
    maximum: number(node.maximum),
    options: list(node.enum).map(String),
    unit: typeof ui.unit === "string" ? ui.unit : undefined,
    isLog: ui.scale === "log",
  } as SchemaField;
}

function kindOf(node: Json): SchemaKind {
  const properties = asJson(node.properties);
  const required = new Set(list(node.required));
  return {
    kind: String(asJson(properties.kind).const ?? asJson(properties.kind).default ?? ""),
    description: String(node.description ?? ""),
    fields: Object.entries(properties)
      .filter(([name]) => name !== "kind")
      .flatMap(([name, each]) => fieldOf(name, asJson(each), required.has(name)) ?? []),
  };
}

/** The kinds that a field of a spec can have: `kindsOf(schema, "ImportSpec", "mapping")`. */
export function kindsOf(schema: Json | undefined, spec: string, field: string): SchemaKind[] {
  if (!schema) return [];
  const node = asJson(asJson(definition(schema, spec).properties)[field]);
  const items = node.type === "array" ? asJson(node.items) : node;
  const branches = list(items.oneOf);
  return (branches.length > 0 ? branches : [items]).map((each) => kindOf(resolved(schema, each)));
}

/** The values of a kind as they stand without a choice. */
export const initialOf = ({ kind, fields }: SchemaKind): Json => ({
  kind,
  ...Object.fromEntries(
    fields.filter((each) => each.initial !== null).map((each) => [each.name, each.initial]),
  ),
});
