// The part of JSON Schema that pydantic emits, and nothing beyond it.

/** A plain object as YAML and JSON have it. */
export type Values = Record<string, unknown>;

export interface UiWords {
  unit?: string;
  scale?: "log" | "linear";
  group?: string;
  /** Shown to beginners. */
  simple?: boolean;
}

export interface Schema {
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** Of an object with any names: what each holds. */
  additionalProperties?: Schema | boolean;
  maxProperties?: number;
  pattern?: string;
  ui?: UiWords;
}

export interface RootSchema extends Schema {
  $defs: Record<string, Schema>;
}

export function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema behind a `$ref`; words beside the reference win over those of the definition. */
export function resolve(root: RootSchema, schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const name = schema.$ref.replace("#/$defs/", "");
  const found = root.$defs[name];
  if (!found) throw new Error(`The schema has no definition ${name}`);
  const { $ref: _, ...words } = schema;
  return { ...resolve(root, found), ...words, title: found.title ?? name };
}

/** Name of the definition of a task: `pretrain` is `PretrainSpec`. */
export function definitionOf(root: RootSchema, task: string): string | undefined {
  return root.discriminator?.mapping[task]?.replace("#/$defs/", "");
}
