import { describe, expect, it } from "vitest";
import { overridesOf, toPython, toShell, toYaml, yamlScalar } from "./code.ts";
import { atDepth, depthChanges, depthOf } from "./depth.ts";
import { type Draft, deleteDraft, readDraft, readDrafts, writeDraft } from "./drafts.ts";
import { applyLever } from "./levers.ts";
import { fillPlaces, leavingOut, missingIn, presetFor } from "./places.ts";

const preset = {
  task: "finetune",
  model: { kind: "pretrained", source: "YOUR-RUN" },
  data: { dataset: "YOUR-DATASET" },
  tuning: { kind: "lora", rank: 16 },
  loop: { num_epochs: 3 },
  evaluation: { every_steps: 50 },
};

describe("depth", () => {
  it("scales length and intervals, and knows itself again", () => {
    expect(depthChanges(preset, "fast")).toEqual([
      { name: "loop.num_epochs", from: 3, to: 0.75 },
      { name: "evaluation.every_steps", from: 50, to: 13 },
      { name: "checkpoints.every_steps", from: 200, to: 50 },
    ]);
    const quality = atDepth({ ...preset, seed: 4 }, preset, "quality");
    expect(quality).toMatchObject({ seed: 4, loop: { num_epochs: 9 }, checkpoints: { every_steps: 600 } });
    expect(depthOf(quality, preset)).toBe("quality");
    expect(atDepth(quality, preset, "balanced")).toEqual({ ...preset, seed: 4 });
    expect(depthOf({ ...preset, loop: { num_epochs: 5 } }, preset)).toBeNull();
  });

  it("leaves passes alone where steps are set", () => {
    const names = depthChanges({ loop: { max_steps: 400, num_epochs: 2 } }, "fast").map((each) => each.name);
    expect(names).toContain("loop.max_steps");
    expect(names).not.toContain("loop.num_epochs");
  });
});

describe("rows left out", () => {
  it("join those that are, sorted, each once", () => {
    const spec = { task: "finetune", data: { dataset: "faq", render: { leave_out: [204, 3] } } };
    expect(leavingOut(spec, "17,204,x,-1")).toEqual({
      task: "finetune",
      data: { dataset: "faq", render: { leave_out: [3, 17, 204] } },
    });
    expect(leavingOut(preset, "9")).toMatchObject({
      data: { dataset: "YOUR-DATASET", render: { leave_out: [9] } },
    });
    expect(leavingOut(spec, undefined)).toBe(spec);
    expect(leavingOut(spec, "x")).toBe(spec);
  });
});

describe("places", () => {
  const datasets = [
    { name: "early", shape: "prompt", rows: 9, created: "2026-11-24T10:00:00+00:00" },
    { name: "faq", shape: "prompt", rows: 122, created: "2026-11-25T10:00:00+00:00" },
    { name: "text", shape: "text", rows: 8000, created: "2026-11-23T10:00:00+00:00" },
  ];
  const models = [
    { reference: "b@60", name: "b", kind: "run", task: "finetune", state: "completed" },
    { reference: "a@400", name: "a", kind: "run", task: "pretrain", state: "completed" },
  ];

  it("take the newest that fits", () => {
    const filled = fillPlaces(preset, datasets, models);
    expect(filled).toMatchObject({ model: { source: "a@400" }, data: { dataset: "faq" } });
    expect(missingIn(filled)).toEqual([]);
    expect(missingIn(fillPlaces(preset, [], []))).toEqual(["model", "dataset"]);
    const taught = { task: "pretrain", objective: { kind: "distillation", teacher: { source: "YOUR-RUN" } } };
    expect(fillPlaces(taught, datasets, models)).toMatchObject({
      objective: { teacher: { source: "a@400" } },
    });
    expect(missingIn(taught)).toEqual(["model"]);
    expect(fillPlaces(preset, datasets, models, { dataset: "text", model: "m" })).toMatchObject({
      model: { kind: "pretrained", source: "m" },
      data: { dataset: "text" },
    });
    expect(fillPlaces(preset, datasets, models, {}, ["preference"])).toMatchObject({ data: preset.data });
    const pairs = { name: "pairs", shape: "preference", rows: 5, created: "2026-11-22T10:00:00+00:00" };
    expect(fillPlaces(preset, [...datasets, pairs], models, {}, ["preference"])).toMatchObject({
      data: { dataset: "pairs" },
    });
    expect(presetFor({ dataset: "pairs" }, [...datasets, pairs], models)).toBe("cpu/tiny-preference");
    expect(presetFor({ dataset: "faq@1" }, datasets, models)).toBe("cpu/tiny-finetune");
    expect(presetFor({ dataset: "faq@1" }, datasets, [])).toBe("cpu/tiny-pretrain");
    expect(presetFor({ model: "a@400" }, datasets, models)).toBe("cpu/tiny-lora");
  });
});

describe("code", () => {
  const spec = { ...preset, tuning: { kind: "lora", rank: 8 }, optimizer: { kind: "adamw", epsilon: 1e-9 } };

  it("writes YAML that reads back, with the changed lines", () => {
    const { text, changed } = toYaml(spec, preset);
    const lines = text.split("\n");
    expect(changed.map((line) => lines[line - 1]?.trim())).toEqual([
      "rank: 8",
      "kind: adamw",
      "epsilon: 1.0e-9",
    ]);
    expect([
      yamlScalar("3e-4"),
      yamlScalar("no"),
      yamlScalar("a: b"),
      yamlScalar("faq@1"),
      yamlScalar(""),
    ]).toEqual(['"3e-4"', '"no"', '"a: b"', "faq@1", '""']);
  });

  it("writes a command and Python of what differs", () => {
    const origin = { kind: "preset", name: "cpu/tiny-lora" } as const;
    const changes = overridesOf(spec, preset, () => undefined);
    expect(toShell(origin, changes).text).toBe(
      "tokenloom train cpu/tiny-lora \\\n  optimizer.kind=adamw \\\n  tuning.rank=8 \\\n  optimizer.epsilon=1e-9\n",
    );
    expect(toPython(origin, spec, changes).text).toContain('    "tuning.rank": 8,\n');
    expect(toPython({ kind: "yaml", name: "" }, { a: { b: true } }, []).text).toContain('"b": True,');
    expect(overridesOf({ task: "finetune" }, { task: "finetune", loop: { num_epochs: 3 } }, () => 1)).toEqual(
      [["loop.num_epochs", 1]],
    );
  });
});

describe("levers", () => {
  it("make the change they name", () => {
    expect(applyLever({ task: "pretrain" }, "tuning.kind=lora tuning.rank=16")).toEqual({
      task: "pretrain",
      tuning: { kind: "lora", rank: 16 },
    });
    expect(applyLever({}, "half the micro-batch, twice the accumulation (same result)")).toEqual({
      batch: { kind: "sequences", micro_batch_size: 4, gradient_accumulation_steps: 2 },
    });
    expect(applyLever({}, "buy a larger machine")).toBeUndefined();
  });
});

describe("drafts", () => {
  it("are kept, listed newest first and deleted", () => {
    const kept = new Map<string, string>();
    const store = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
      key: (at: number) => [...kept.keys()][at] ?? null,
      get length() {
        return kept.size;
      },
    };
    const draft = (id: string, saved: number): Draft => ({
      id,
      saved,
      title: id,
      spec: {},
      baseline: {},
      origin: { kind: "preset", name: "x" },
    });
    expect(writeDraft(store, draft("a", 1)) && writeDraft(store, draft("b", 2))).toBe(true);
    expect(readDrafts(store).map((each) => each.id)).toEqual(["b", "a"]);
    deleteDraft(store, "b");
    expect(readDraft(store, "b")).toBeNull();
    kept.set("tokenloom.draft.c", "{");
    expect(readDrafts(store).map((each) => each.id)).toEqual(["a"]);
  });
});
