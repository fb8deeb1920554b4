// What is wrong, at which field, and the value that would put it right.

import type { Entry } from "./entries.ts";
import { namesOf } from "./items.ts";
import type { Limits } from "./model.ts";
import { isEmpty } from "./values.ts";
import { humanise } from "./words.ts";

/** As the server says it. */
export interface FieldProblem {
  field: string;
  message: string;
  fix: string;
}

export interface Fix {
  /** Dotted name of the setting that changes. */
  name: string;
  value: unknown;
}

export interface Sorted {
  /** By the dotted name of a field that the form has. */
  at: ReadonlyMap<string, FieldProblem>;
  /** About several settings or none of the form's. */
  across: readonly FieldProblem[];
}

export function sortProblems(problems: readonly FieldProblem[], entries: readonly Entry[]): Sorted {
  const names = namesOf(entries);
  const at = new Map<string, FieldProblem>();
  const across: FieldProblem[] = [];
  for (const problem of problems) {
    const isNeeded = /^a (kind|value) is needed/.test(problem.message);
    const places = [problem.field, ...(isNeeded ? [`${problem.field}.kind`] : []), ...around(problem.field)];
    const name = places.find((each) => names.has(each));
    if (name === undefined) across.push(problem);
    else if (!at.has(name)) at.set(name, problem);
  }
  return { at, across };
}

/** Items and lists around a name, the nearest first: `steps.1.min` stands in `steps.1` and in `steps`. */
export function around(name: string): string[] {
  const parts = name.split(".");
  const isPlace = (part: string | undefined) => part !== undefined && /^\d+$/.test(part);
  return parts
    .map((_, at) => at)
    .filter((at) => at > 0 && (isPlace(parts[at]) || isPlace(parts[at - 1])))
    .map((at) => parts.slice(0, at).join("."))
    .reverse();
}

type T = (key: string, values?: Record<string, unknown>) => string;

/** What the command line would be told of a setting that holds nothing: in a form one fills it in. */
export const isAdvice = ({ fix }: FieldProblem): boolean => /^Add [^\s=]+=VALUE\.?$/.test(fix);

/** What is wrong as a sentence, with the way out behind it where no button offers that; `at` is where it is shown. */
export function sentenceOf(t: T, problem: FieldProblem, hasButton: boolean, at: string): string {
  const { field, message, fix } = problem;
  if (isAdvice(problem)) {
    if (field === at || field === at.replace(/\.kind$/, "")) return t("A value is needed. Fill it in here.");
    const name = t(humanise(field.split(".").at(-1) ?? ""));
    return t("“{{name}}” needs a value. Fill it in here.", { name });
  }
  const sentence = withStop(`${message.charAt(0).toUpperCase()}${message.slice(1)}`);
  return hasButton ? sentence : `${sentence} ${withStop(fix)}`.trim();
}

const withStop = (text: string) => (text === "" || /[.?!]$/.test(text) ? text : `${text}.`);

const NUMBER = String.raw`-?\d[\d.]*(?:e[+-]?\d+)?`;

/** The change that a sentence names: “Set num_heads to 5, or …”, “Set loop.max_steps to at least 1.”, “Did you mean kind: lora?” */
export function readFix(problem: FieldProblem, names: ReadonlySet<string>): Fix | undefined {
  const set = new RegExp(`^Set ([\\w.]+) to (?:at least |at most )?(${NUMBER}|true|false)(?=[.,;]|$)`).exec(
    problem.fix,
  );
  if (set?.[1] && set[2]) {
    const value = readValue(set[2]);
    const name = [`${problem.field}.${set[1]}`, set[1], sibling(problem.field, set[1])].find((each) =>
      names.has(each),
    );
    return name === undefined || /\bless than|\bmore than/.test(problem.fix) ? undefined : { name, value };
  }
  const meant = /^Did you mean kind: (\w+)\?/.exec(problem.fix)?.[1];
  return meant && names.has(problem.field) ? { name: problem.field, value: meant } : undefined;
}

function sibling(field: string, name: string): string {
  return [...field.split(".").slice(0, -1), name].join(".");
}

/** A word of a change: number, true, false, null, else text. */
export function readValue(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "null" || text === "") return null;
  const number = Number(text.replace(/\.$/, ""));
  return Number.isFinite(number) ? number : text;
}

/** What a number breaks that the number field cannot say itself. */
export type Breach = { limit: "above" | "below"; than: number } | undefined;

export function breachOf(value: unknown, limits: Limits): Breach {
  if (typeof value !== "number") return undefined;
  if (limits.above !== undefined && value <= limits.above) return { limit: "above", than: limits.above };
  if (limits.below !== undefined && value >= limits.below) return { limit: "below", than: limits.below };
  return undefined;
}

/** The nearest allowed value, or the usual one. */
export function nearest(value: unknown, limits: Limits, usual: unknown): number | undefined {
  if (typeof value !== "number") return typeof usual === "number" ? usual : undefined;
  if (limits.minimum !== undefined && value < limits.minimum) return limits.minimum;
  if (limits.maximum !== undefined && value > limits.maximum) return limits.maximum;
  if (breachOf(value, limits)) return typeof usual === "number" ? usual : undefined;
  return undefined;
}

/** A required setting that holds nothing yet. */
export const isMissing = (entry: Entry): boolean => entry.field.isRequired && isEmpty(entry.value);
