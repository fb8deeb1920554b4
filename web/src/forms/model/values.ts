// Reading and changing a plain object by dotted name. Nothing here changes what it was given.

import type { Branch, Field } from "./model.ts";
import { isValues, type Values } from "./schema.ts";

export type Path = readonly string[];
export const dotted = (path: Path): string => path.join(".");
export const pathOf = (name: string): Path => name.split(".").filter(Boolean);

export function getAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => step(at, key), value);
}

function step(at: unknown, key: string): unknown {
  if (Array.isArray(at)) return at[Number(key)];
  return isValues(at) ? at[key] : undefined;
}

export function setAt(value: unknown, path: Path, next: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (Array.isArray(value))
    return value.map((each, at) => (at === Number(key) ? setAt(each, rest, next) : each));
  const old = isValues(value) ? value : {};
  return { ...old, [key]: setAt(old[key], rest, next) };
}

/** Takes a key away, and every object that is empty without it. */
export function unsetAt(value: Values, path: Path): Values {
  const [key, ...rest] = path;
  if (key === undefined || !(key in value)) return value;
  const { [key]: inner, ...others } = value;
  if (rest.length === 0 || !isValues(inner)) return others;
  const left = unsetAt(inner, rest);
  return Object.keys(left).length === 0 ? others : { ...value, [key]: left };
}

export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, i) => isSame(each, b[i]));
  if (!isValues(a) || !isValues(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

/** Whether null or nothing stands there. */
export const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

/** The kind of a union: what is set, else what its default says. */
export function kindOf(field: Field, value: unknown): string | undefined {
  const from = isValues(value) && value.kind !== undefined ? value : field.default;
  const kind = isValues(from) ? from.kind : undefined;
  return kind === undefined ? undefined : String(kind);
}

export function branchOf(branches: readonly Branch[], kind: string | undefined): Branch | undefined {
  return branches.find((each) => each.kind === kind);
}
