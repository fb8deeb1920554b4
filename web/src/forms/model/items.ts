// The items of a list or a map as fields of a form: each has its own dotted name, such as `steps.1.min` or `types.price`.

import { change, type Entry, entriesOf } from "./entries.ts";
import type { Control, Field } from "./model.ts";
import { isValues, type Values } from "./schema.ts";

export interface Item {
  /** Dotted name, such as `steps.1`. */
  name: string;
  /** Its place in the list, or its name in the map. */
  key: string;
  /** The whole item where it is one value, or the choice of its kind; none where it is a group of settings. */
  head?: Entry;
  fields: readonly Entry[];
}

/** Items of a list or a map; none for any other setting. */
export function itemsOf(entry: Entry): Item[] {
  const { control } = entry.field;
  if (control.type !== "list" && control.type !== "map") return [];
  const held = control.type === "list" ? valuesOf(entry) : isValues(entry.value) ? entry.value : {};
  return Object.entries(held).map(([key, value]) => {
    const entries = entriesOf([fieldAt(control.item, key)], { [key]: value }, entry.path);
    const name = `${entry.name}.${key}`;
    const head = entries.find((each) => each.name === name || each.name === `${name}.kind`);
    return { name, key, ...(head ? { head } : {}), fields: entries.filter((each) => each !== head) };
  });
}

const fieldAt = (item: Field, key: string): Field => ({ ...item, name: key });

export const valuesOf = (entry: Entry): readonly unknown[] => (Array.isArray(entry.value) ? entry.value : []);

/** The list with one setting of one item changed. */
export function changeInside(entry: Entry, inner: Entry, next: unknown): unknown[] {
  const values = valuesOf(entry);
  const path = inner.path.slice(entry.path.length);
  const at = Number(path[0]);
  const changed = change({ ...inner, path }, { [at]: values[at] }, next)[at];
  return values.map((value, index) => (index === at ? (changed ?? (isValues(value) ? {} : next)) : value));
}

/** The list or the map with one setting of one item changed. */
export function changeWithin(entry: Entry, inner: Entry, next: unknown): unknown {
  if (entry.field.control.type !== "map") return changeInside(entry, inner, next);
  const path = inner.path.slice(entry.path.length);
  const key = path[0] ?? "";
  const values = isValues(entry.value) ? entry.value : {};
  const changed = change({ ...inner, path }, { [key]: values[key] }, next)[key];
  return { ...values, [key]: changed ?? (isValues(values[key]) ? {} : next) };
}

/** The same map with another name for one of its values, at its place. */
export const renamed = (values: Values, from: string, to: string): Values =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key === from ? to : key, value]));

/** What a new item begins with: of several kinds the chosen one. */
export function newItem(control: Control, kind?: string): unknown {
  if (control.type === "union") return { kind: kind ?? control.branches[0]?.kind };
  return control.type === "group" ? {} : control.type === "text" ? "" : null;
}

/** Every dotted name at which a problem can be shown: of settings, of items, and of settings in them. */
export function namesOf(entries: readonly Entry[]): Set<string> {
  const names = new Set<string>();
  const add = (entry: Entry) => {
    names.add(entry.name);
    for (const item of itemsOf(entry)) {
      names.add(item.name);
      for (const inner of item.head ? [item.head, ...item.fields] : item.fields) add(inner);
    }
  };
  for (const entry of entries) add(entry);
  return names;
}
