// The fields that a form shows for given values: the chosen branch of every union, with absolute dotted names.

import type { Branch, Field } from "./model.ts";
import { isValues, type Values } from "./schema.ts";
import { branchOf, dotted, getAt, isSame, kindOf, type Path, setAt, unsetAt } from "./values.ts";
import { nameAt } from "./words.ts";

export interface Entry {
  field: Field;
  path: Path;
  /** Dotted name; id of the field everywhere. */
  name: string;
  /** Where it stands: the names of the groups around it. */
  section: Path;
  /** Set where the entry is the choice of a branch. */
  branches?: readonly Branch[];
  /** What is shown: the set value, else the default. */
  value: unknown;
  /** What the default is. */
  default: unknown;
}

/** Entries of all fields, in order. `overlay` is the default of the group around them. */
export function entriesOf(
  fields: readonly Field[],
  values: unknown,
  path: Path = [],
  overlay: unknown = undefined,
): Entry[] {
  return fields.flatMap((field) => entryOf(field, values, [...path, field.name], overlay));
}

function entryOf(field: Field, values: unknown, path: Path, overlay: unknown): Entry[] {
  const { control } = field;
  const set = isValues(values) ? values[field.name] : undefined;
  const usual = (isValues(overlay) ? overlay[field.name] : undefined) ?? field.default;
  if (control.type === "const") return [];
  if (control.type === "group")
    return entriesOf(control.fields, set, path, set === undefined ? usual : undefined);
  if (control.type !== "union") return [entry(field, path, set === undefined ? usual : set, usual)];
  const kind = kindOf({ ...field, default: usual }, set);
  const branch = branchOf(control.branches, kind);
  const choice: Entry = {
    ...entry(field, [...path, "kind"], kind, isValues(usual) ? usual.kind : undefined),
    section: path.slice(0, -1).length === 0 ? path : path.slice(0, -1),
    branches: control.branches,
  };
  const inside = set === undefined && isValues(usual) && usual.kind === kind ? usual : undefined;
  return [choice, ...entriesOf(branch?.fields ?? [], set, path, inside)];
}

function entry(field: Field, path: Path, value: unknown, usual: unknown): Entry {
  const named = { ...field, label: nameAt(path, field.label) };
  return { field: named, path, name: dotted(path), section: path.slice(0, -1), value, default: usual };
}

/** Set one entry. What equals the default is taken away; another kind starts its branch afresh. */
export function change(entry: Entry, values: Values, next: unknown): Values {
  if (entry.branches) return chooseKind(entry, values, next);
  if (isSame(next, entry.default)) return unsetAt(values, entry.path);
  return setAt(values, entry.path, next) as Values;
}

function chooseKind(entry: Entry, values: Values, kind: unknown): Values {
  const path = entry.path.slice(0, -1);
  const usual = entry.field.default;
  if (isValues(usual) && usual.kind === kind) return unsetAt(values, path);
  return setAt(values, path, { kind }) as Values;
}

/** Bring an entry back to what the baseline has. */
export function reset(entry: Entry, values: Values, baseline: Values): Values {
  const path = entry.branches ? entry.path.slice(0, -1) : entry.path;
  const before = getAt(baseline, path);
  return before === undefined ? unsetAt(values, path) : (setAt(values, path, before) as Values);
}

export interface Change {
  entry: Entry;
  /** What the baseline has. */
  was: unknown;
}

/** What differs from the baseline, field by field. A branch that the baseline lacks counts as its choice alone. */
export function changesOf(fields: readonly Field[], values: Values, baseline: Values): Change[] {
  const before = new Map(entriesOf(fields, baseline).map((each) => [each.name, each]));
  return entriesOf(fields, values).flatMap((each) => {
    const old = before.get(each.name);
    if (!old) return isSame(each.value, each.default) ? [] : [{ entry: each, was: undefined }];
    return isSame(old.value, each.value) ? [] : [{ entry: each, was: old.value }];
  });
}

/** Values that only say what differs from the defaults, every chosen kind included. */
export function sparse(fields: readonly Field[], values: Values): Values {
  let out: Values = {};
  for (const each of entriesOf(fields, values)) {
    if (each.value === undefined) continue;
    if (isSame(each.value, each.default) && !each.branches) continue;
    if (each.branches && isSame(each.value, each.default) && !each.field.isRequired) continue;
    out = setAt(out, each.path, each.value) as Values;
  }
  return withKinds(fields, out, values);
}

/** A union of which anything is set names its kind too, so that the text can be read alone. */
function withKinds(fields: readonly Field[], out: Values, values: Values): Values {
  let next = out;
  for (const each of entriesOf(fields, values)) {
    if (!each.branches) continue;
    const path = each.path.slice(0, -1);
    const inner = getAt(next, path);
    if (isValues(inner) && each.value !== undefined && inner.kind === undefined)
      next = setAt(next, path, { kind: each.value, ...inner }) as Values;
  }
  return next;
}
