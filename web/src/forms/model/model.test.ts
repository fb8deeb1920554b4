import { describe, expect, it } from "vitest";
import recorded from "../../../../docs/reference/recipe.schema.json" with { type: "json" };
import { change, changesOf, type Entry, entriesOf, sparse } from "./entries.ts";
import { changeWithin, itemsOf, namesOf, renamed } from "./items.ts";
import { fieldsOf } from "./model.ts";
import { around, breachOf, nearest, readFix, sentenceOf, sortProblems } from "./problems.ts";
import type { RootSchema, Values } from "./schema.ts";
import { isFound, isShown, sectionsOf } from "./sections.ts";
import { showRange, showValue, summarise } from "./show.ts";
import { getAt, setAt, unsetAt } from "./values.ts";
import { emptyMeans, humanise, humaniseOption } from "./words.ts";

const schema = recorded as unknown as RootSchema;
const t = (key: string, values: Record<string, unknown> = {}) =>
  key.replace(/\{\{(\w+)\}\}/g, (_, name) => String(values[name]));
const named = (entries: readonly Entry[], name: string) => {
  const found = entries.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe("values", () => {
  it("sets, takes away and cleans up", () => {
    const value = setAt({}, ["a", "b"], 1) as Values;
    expect(value).toEqual({ a: { b: 1 } });
    expect(unsetAt(value, ["a", "b"])).toEqual({});
    expect(getAt({ a: [{ b: 2 }] }, ["a", "0", "b"])).toBe(2);
  });

  it("restarts a branch and leaves the default kind unsaid", () => {
    const fields = fieldsOf(schema, "FinetuneSpec");
    const values: Values = { task: "finetune", tuning: { kind: "lora", rank: 4 } };
    const kind = named(entriesOf(fields, values), "tuning.kind");
    expect(change(kind, values, "full")).toEqual({ task: "finetune" });
    expect(entriesOf(fields, {}).some((each) => each.name === "tuning.rank")).toBe(false);
  });

  it("knows a list of numbers from a list of texts", () => {
    const list = (type: string) => ({ type: "array", items: { type }, description: "Many." });
    const root = {
      $defs: {
        Some: { type: "object", properties: { leave_out: list("integer"), prompts: list("string") } },
      },
    };
    const controls = fieldsOf(root as unknown as RootSchema, "Some").map((each) => each.control);
    expect(controls[0]).toEqual({ type: "words", areNumbers: true });
    expect(controls[1]).toMatchObject({ type: "list", item: { control: { type: "text" } } });
  });

  it("knows an object with any names, and changes and renames what it holds at its place", () => {
    const types = named(
      entriesOf(fieldsOf(schema, "ImportSpec"), { columns: { types: { "a.b": "text", c: "date" } } }),
      "columns.types",
    );
    expect(types.field.control).toMatchObject({
      type: "map",
      item: { control: { type: "enum" } },
      most: 2000,
    });
    const items = itemsOf(types);
    expect(items.map(({ key, name }) => [key, name])).toEqual([
      ["a.b", "columns.types.a.b"],
      ["c", "columns.types.c"],
    ]);
    const [first] = items;
    if (!first?.head) throw new Error("no value");
    expect(changeWithin(types, first.head, "number")).toEqual({ "a.b": "number", c: "date" });
    expect(Object.entries(renamed({ x: 1, y: 2 }, "x", "z"))).toEqual([
      ["z", 1],
      ["y", 2],
    ]);
    expect(namesOf([types])).toEqual(new Set(["columns.types", "columns.types.a.b", "columns.types.c"]));
  });

  it("lists what changed, and says only that", () => {
    const fields = fieldsOf(schema, "PretrainSpec");
    const baseline: Values = { task: "pretrain", loop: { max_steps: 8 } };
    const values: Values = {
      task: "pretrain",
      loop: { max_steps: 16, log_every: 1 },
      schedule: { warmup_steps: 5 },
    };
    const changes = changesOf(fields, values, baseline).map((each) => [
      each.entry.name,
      each.was,
      each.entry.value,
    ]);
    expect(changes).toEqual([
      ["loop.max_steps", 8, 16],
      ["schedule.warmup_steps", 0, 5],
    ]);
    expect(sparse(fields, values)).toEqual({
      loop: { max_steps: 16 },
      schedule: { kind: "cosine", warmup_steps: 5 },
    });
  });
});

describe("words", () => {
  const fields = fieldsOf(schema, "PretrainSpec");
  const entries = entriesOf(fields, {});

  it("humanises names and reads what empty means", () => {
    expect(humanise("learning_rate")).toBe("Learning rate");
    expect(humanise("num_layers")).toBe("Layers");
    expect(humaniseOption("prompt", "tuning")).toBe("Prompt tuning");
    expect(humaniseOption("prompt")).toBe("Prompt");
    expect(emptyMeans("Optimizer steps to make; empty = as many as num_epochs needs.")).toBe(
      "as many as num_epochs needs",
    );
    expect(emptyMeans("Text encoding; empty means that it is found by itself.")).toBe("found by itself");
    expect(emptyMeans("Split for the validation loss; empty turns it off.")).toBe("off");
  });

  it("writes values and ranges", () => {
    const rate = named(entries, "optimizer.learning_rate").field;
    expect(showValue(t, rate, 3e-4)).toBe("3e-4");
    expect(showRange(t, rate)).toBe("More than 0, at most 10.");
    expect(showRange(t, named(entries, "optimizer.beta1").field)).toBe("0 to less than 1.");
    expect(
      summarise(t, [named(entries, "checkpoints.every_steps"), named(entries, "checkpoints.keep_best")]),
    ).toBe("steps between 200, keep the best");
  });

  it("finds by name, help and dotted name at any level", () => {
    const found = (query: string) => entries.filter((each) => isFound(each, query)).map((each) => each.name);
    expect(found("learning")).toContain("optimizer.learning_rate");
    expect(found("checkpoints.every_steps")).toEqual(["checkpoints.every_steps"]);
    expect(found("squared gradient")).toEqual(["optimizer.beta2"]);
    expect(found("zzz")).toEqual([]);
  });

  it("shows more at every level", () => {
    const none = new Set<string>();
    const count = (level: "beginner" | "advanced" | "expert") =>
      entries.filter((each) => isShown(each, level, none)).length;
    expect(count("beginner")).toBeGreaterThan(5);
    expect(count("advanced")).toBeGreaterThan(count("beginner"));
    expect(count("expert")).toBe(entries.length);
    expect(sectionsOf(entries).map((each) => each.id)).toContain("data.render");
  });
});

describe("problems", () => {
  it("says what to do about a missing value in the form's words, not the command line's", () => {
    const missing = (field: string) => ({ field, message: "a value is needed", fix: `Add ${field}=VALUE.` });
    const dataset = missing("data.mix.0.dataset");
    expect(sentenceOf(t, dataset, false, "data.mix.0.dataset")).toBe("A value is needed. Fill it in here.");
    expect(sentenceOf(t, dataset, false, "data.mix.0")).toBe("“Dataset” needs a value. Fill it in here.");
    expect(sentenceOf(t, missing("model"), false, "model.kind")).toBe("A value is needed. Fill it in here.");
    const other = { field: "a", message: "it is too long", fix: "Set a to 3." };
    expect(sentenceOf(t, other, false, "a")).toBe("It is too long. Set a to 3.");
    expect(sentenceOf(t, other, true, "a")).toBe("It is too long.");
  });

  const entries = entriesOf(fieldsOf(schema, "PretrainSpec"), {});
  const names = new Set(entries.map((each) => each.name));

  it("stand at their field, or on top", () => {
    const at = { field: "loop.max_steps", message: "x", fix: "" };
    const across = { field: "model", message: "hidden_size 130 does not divide by num_heads 4", fix: "" };
    const needed = { field: "model", message: "a kind is needed", fix: "" };
    const sorted = sortProblems([at, across, needed], entries);
    expect([...sorted.at.keys()]).toEqual(["loop.max_steps", "model.kind"]);
    expect(sorted.across).toEqual([across]);
  });

  it("stand at their item, whatever it is made of", () => {
    const steps = entriesOf(fieldsOf(schema, "RefineSpec"), {
      steps: [{ kind: "html" }, { kind: "length", min_characters: 0 }],
    });
    const at = (field: string) => [...sortProblems([{ field, message: "x", fix: "" }], steps).at.keys()];
    expect(at("steps.1.min_characters")).toEqual(["steps.1.min_characters"]);
    expect(at("steps.1.kind")).toEqual(["steps.1.kind"]);
    expect(at("steps.1")).toEqual(["steps.1"]);
    expect(at("steps.1.nonsense")).toEqual(["steps.1"]);
    expect(at("steps.7.min_characters")).toEqual(["steps"]);
    expect(at("steps")).toEqual(["steps"]);
    const prompts = entriesOf(fieldsOf(schema, "PretrainSpec"), {
      evaluation: { sample_prompts: ["a", ""] },
    });
    const empty = { field: "evaluation.sample_prompts.1", message: "x", fix: "" };
    expect([...sortProblems([empty], prompts).at.keys()]).toEqual([empty.field]);
    expect(around("data.mix.0.share")).toEqual(["data.mix.0", "data.mix"]);
    expect(around("data.dataset")).toEqual([]);
  });

  it("give the value that a fix names", () => {
    const fixOf = (field: string, fix: string) => readFix({ field, message: "", fix }, names);
    expect(fixOf("optimizer.learning_rate", "Set optimizer.learning_rate to at most 10.0.")).toEqual({
      name: "optimizer.learning_rate",
      value: 10,
    });
    expect(fixOf("model", "Set num_heads to 5, or give head_size")).toEqual({
      name: "model.num_heads",
      value: 5,
    });
    expect(fixOf("schedule.kind", "Did you mean kind: cosine? There is: cosine, wsd.")).toEqual({
      name: "schedule.kind",
      value: "cosine",
    });
    expect(fixOf("optimizer.epsilon", "Set optimizer.epsilon to more than 0.")).toBeUndefined();
  });

  it("know limits that exclude their end", () => {
    expect(breachOf(0, { above: 0 })).toEqual({ limit: "above", than: 0 });
    expect(breachOf(1, { below: 1 })).toEqual({ limit: "below", than: 1 });
    expect(nearest(0, { above: 0 }, 0.1)).toBe(0.1);
    expect(nearest(20, { maximum: 10 }, 1)).toBe(10);
    expect(nearest(5, { maximum: 10 }, 1)).toBeUndefined();
  });
});
