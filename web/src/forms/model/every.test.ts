// Every setting of every task, items of lists included, is changed, read and brought back.
import { describe, expect, it } from "vitest";
import recorded from "../../../../docs/reference/recipe.schema.json" with { type: "json" };
import { change, type Entry, entriesOf, reset } from "./entries.ts";
import { expertNames } from "./hints.ts";
import { changeWithin, itemsOf, newItem } from "./items.ts";
import { type Control, type Field, fieldsOf, firstValue } from "./model.ts";
import { definitionOf, type RootSchema, type Values } from "./schema.ts";
import { isSame } from "./values.ts";

const schema = recorded as unknown as RootSchema;
const named = (entries: readonly Entry[], name: string) => {
  const found = entries.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

/** Some other value that the type of the setting takes. */
function another(entry: Entry): unknown {
  const { control } = entry.field;
  if (entry.branches) return entry.branches.find((each) => each.kind !== entry.value)?.kind ?? entry.value;
  if (control.type === "number") {
    const { minimum, above, maximum, below } = control;
    const top = maximum ?? below ?? (minimum ?? above ?? 0) + 8;
    const value = typeof entry.value === "number" && entry.value !== 0 ? entry.value / 2 : top / 2;
    const fit = Math.max(value, minimum ?? Number.NEGATIVE_INFINITY);
    return control.integer ? Math.ceil(fit) : fit;
  }
  if (control.type === "switch") return !entry.value;
  if (control.type === "enum") return control.options.find((each) => each !== entry.value);
  if (control.type === "words") return ["a, b", "c"];
  if (control.type === "choices") return control.options.slice(1, 3);
  if (control.type === "map") return { "a name": firstValue(control.item.control) };
  if (control.type === "list")
    return kindsOf(control.item.control).map((kind) => newItem(control.item.control, kind));
  return `${entry.value ?? ""}x`;
}

/** The kinds of an item: one without a name where it has no kinds. */
const kindsOf = (control: Control): (string | undefined)[] =>
  control.type === "union" ? control.branches.map(({ kind }) => kind) : [undefined];

const tasks = Object.keys(schema.discriminator?.mapping ?? {});
const used = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) => {
    const { control } = field;
    if (control.type === "group") return [field, ...used(control.fields)];
    if (control.type === "union") return [field, ...control.branches.flatMap((each) => used(each.fields))];
    if (control.type === "list") return [field, ...used([control.item]).filter(({ help }) => help !== "")];
    return [field];
  });

/** Changes each setting of each item and brings it back; how many there were. */
function changedInside(list: Entry): number {
  let seen = 0;
  for (const [at, item] of itemsOf(list).entries()) {
    for (const inner of item.head ? [item.head, ...item.fields] : item.fields) {
      const value = another(inner);
      const next = { ...list, value: changeWithin(list, inner, value) };
      const read = itemsOf(next)[at];
      const found = [...(read?.head ? [read.head] : []), ...(read?.fields ?? [])];
      expect(named(found, inner.name).value, inner.name).toEqual(value);
      const others = (each: unknown) => Object.entries(each ?? {}).filter(([key]) => key !== item.key);
      expect(others(next.value), inner.name).toEqual(others(list.value));
      if (!inner.branches) {
        const back = changeWithin(next, named(found, inner.name), inner.value);
        expect(itemsOf({ ...list, value: back }), inner.name).toEqual(itemsOf(list));
      }
      seen += 1 + changedInside(inner);
    }
  }
  return seen;
}

describe("every definition of every task", () => {
  it.each(tasks)("%s has fields with a label, a help and a control", (task) => {
    const fields = used(fieldsOf(schema, definitionOf(schema, task) ?? ""));
    expect(fields.length).toBeGreaterThan(5);
    for (const field of fields.filter((each) => each.control.type !== "const")) {
      expect(field.label, field.name).toMatch(/^([A-Z]|rsLoRA)/);
      if (field.control.type !== "group") expect(field.help, field.name).not.toBe("");
    }
  });

  it.each(tasks)("%s: each setting is changed, read and brought back", (task) => {
    const fields = fieldsOf(schema, definitionOf(schema, task) ?? "");
    const begin: Values = { task };
    const queue = entriesOf(fields, begin).map((entry) => ({ entry, values: begin }));
    let seen = 0;
    while (queue.length > 0) {
      const item = queue.shift();
      if (!item) break;
      const { entry, values } = item;
      seen += 1;
      if (entry.branches) {
        for (const branch of entry.branches.filter((each) => each.kind !== entry.value)) {
          const next = change(entry, values, branch.kind);
          const inside = entriesOf(fields, next);
          expect(named(inside, entry.name).value).toBe(branch.kind);
          const old = new Set(entriesOf(fields, values).map((each) => each.name));
          for (const fresh of inside.filter((each) => !old.has(each.name)))
            queue.push({ entry: fresh, values: next });
          expect(isSame(reset(named(inside, entry.name), next, values), values)).toBe(true);
        }
        continue;
      }
      const next = change(entry, values, another(entry));
      const now = named(entriesOf(fields, next), entry.name);
      expect(now.value, entry.name).toEqual(another(entry));
      expect(JSON.parse(JSON.stringify(next))).toEqual(next);
      seen += changedInside(now);
      const back = entriesOf(fields, reset(now, next, values));
      expect(named(back, entry.name).value, entry.name).toEqual(entry.value);
    }
    expect(seen).toBeGreaterThan(5);
  });

  it("knows every expert name from the schema", () => {
    const names = new Set(Object.values(schema.$defs).flatMap((each) => Object.keys(each.properties ?? {})));
    expect(expertNames.filter((name) => !names.has(name))).toEqual([]);
  });
});
