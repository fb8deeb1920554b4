// The recipe as YAML, as a command and as Python: three ways to say the same.

import { isValues, type Values } from "../../../forms/model/schema.ts";
import { getAt, isSame, pathOf } from "../../../forms/model/values.ts";
import type { Origin } from "./drafts.ts";

export interface Code {
  text: string;
  /** Line numbers, from 1, that differ from where it began. */
  changed: number[];
}

interface Line {
  text: string;
  path: string[];
  value: unknown;
}

/** A value that YAML reads back as itself: exponents need a dot, words that look like numbers or truth need quotes. */
export function yamlScalar(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return yamlNumber(value);
  if (typeof value === "boolean") return String(value);
  const text = String(value);
  const isPlain = /^[A-Za-z0-9_./][\w./@ ()+-]*$/.test(text) && !/\s$/.test(text);
  const isOther =
    /^(true|false|yes|no|on|off|null|~|y|n)$/i.test(text) ||
    !Number.isNaN(Number(text)) ||
    /^[\d.+-]/.test(text);
  return isPlain && !isOther ? text : JSON.stringify(text);
}

function yamlNumber(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return text.includes(".") ? text : text.replace("e", ".0e");
}

function linesOf(value: Values, path: string[] = []): Line[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const pad = "  ".repeat(path.length);
    const here = [...path, key];
    if (isValues(inner) && Object.keys(inner).length > 0)
      return [{ text: `${pad}${key}:`, path: here, value: undefined }, ...linesOf(inner, here)];
    if (Array.isArray(inner) && inner.length > 0)
      return [
        { text: `${pad}${key}:`, path: here, value: inner },
        ...inner.map((item) => ({
          text: `${pad}  - ${isValues(item) ? flow(item) : yamlScalar(item)}`,
          path: here,
          value: inner,
        })),
      ];
    const text = Array.isArray(inner) ? "[]" : isValues(inner) ? "{}" : yamlScalar(inner);
    return [{ text: `${pad}${key}: ${text}`, path: here, value: inner }];
  });
}

function flow(item: Values): string {
  return `{${Object.entries(item)
    .map(([key, value]) => `${key}: ${yamlScalar(value)}`)
    .join(", ")}}`;
}

export function toYaml(spec: Values, baseline: Values): Code {
  const lines = linesOf(spec);
  const changed = lines.flatMap(({ path, value }, at) =>
    value !== undefined && !isSame(getAt(baseline, path), value) ? [at + 1] : [],
  );
  return { text: `${lines.map((line) => line.text).join("\n")}\n`, changed };
}

/** `dotted.key` and value of everything that differs from where it began. What was taken away is set to `usual`. */
export function overridesOf(
  spec: Values,
  begin: Values,
  usual: (name: string) => unknown,
): [string, unknown][] {
  const leaves = (values: Values, path: string[] = []): [string, unknown][] =>
    Object.entries(values).flatMap(([key, inner]): [string, unknown][] =>
      isValues(inner) ? leaves(inner, [...path, key]) : [[[...path, key].join("."), inner]],
    );
  const restarted = new Set(
    leaves(spec)
      .filter(([name, value]) => name.endsWith(".kind") && !isSame(getAt(begin, pathOf(name)), value))
      .map(([name]) => name.slice(0, -"kind".length)),
  );
  const isFresh = (name: string) => [...restarted].some((prefix) => name.startsWith(prefix));
  const set = leaves(spec).filter(
    ([name, value]) => isFresh(name) || !isSame(getAt(begin, pathOf(name)), value),
  );
  const gone = leaves(begin)
    .filter(([name]) => !isFresh(name) && getAt(spec, pathOf(name)) === undefined)
    .map(([name]): [string, unknown] => [name, usual(name)])
    .filter(([, value]) => value !== undefined);
  return [...set, ...gone].sort(([a], [b]) => Number(b.endsWith(".kind")) - Number(a.endsWith(".kind")));
}

const shellWord = (text: string) =>
  /^[\w./=@:,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

function shellValue(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function toShell(origin: Origin, overrides: readonly [string, unknown][]): Code {
  const recipe = origin.kind === "preset" ? origin.name : "recipe.yaml";
  const words = origin.kind === "preset" ? overrides : [];
  const lines = [
    `tokenloom train ${recipe}`,
    ...words.map(([name, value]) => shellWord(`${name}=${shellValue(value)}`)),
  ];
  const text = lines.map((line, at) => (at === 0 ? line : `  ${line}`)).join(" \\\n");
  const note = origin.kind === "preset" ? "" : "# recipe.yaml holds the text under YAML.\n";
  return { text: `${note}${text}\n`, changed: words.map((_, at) => at + 2) };
}

function pythonValue(value: unknown, pad = ""): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => pythonValue(each, pad)).join(", ")}]`;
  const inner = Object.entries(value as Values).map(
    ([key, each]) => `${pad}    ${JSON.stringify(key)}: ${pythonValue(each, `${pad}    `)},`,
  );
  return inner.length === 0 ? "{}" : `{\n${inner.join("\n")}\n${pad}}`;
}

export function toPython(origin: Origin, spec: Values, overrides: readonly [string, unknown][]): Code {
  if (origin.kind !== "preset")
    return { text: `import tokenloom\n\ntokenloom.train(${pythonValue(spec)})\n`, changed: [] };
  const name = JSON.stringify(origin.name);
  if (overrides.length === 0) return { text: `import tokenloom\n\ntokenloom.train(${name})\n`, changed: [] };
  const lines = overrides.map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${pythonValue(value, "    ").replaceAll("\n", "\n    ")},`,
  );
  const text = `import tokenloom\n\ntokenloom.train(${name}, **{\n${lines.join("\n")}\n})\n`;
  return { text, changed: lines.map((_, at) => at + 4) };
}
