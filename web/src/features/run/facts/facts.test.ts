import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SHOWN } from "../../../data/live/shown.ts";
import { toPython, toYaml } from "./copies.ts";
import { currentValue, journalOf } from "./journal.ts";
import { ledgerOf } from "./ledger.ts";
import { linesOf } from "./lines.ts";
import { marksOf, placeOf } from "./markers.ts";
import { methodOf } from "./method.ts";
import { stepBeforeTrouble } from "./trouble.ts";

const rate = "optimizer.learning_rate";
const set = (number: number, value: number, accepted = true) => ({
  type: "command",
  time: number,
  step: number * 10,
  number,
  command: "set",
  arguments: { key: rate, value },
  accepted,
  message: "done",
});

test("the journal knows what each change replaced, so it can be taken back", () => {
  const spec = { optimizer: { learning_rate: 0.1 } };
  const events = [set(1, 0.2), set(2, 99, false), set(3, 0.3)];
  expect(journalOf(events, spec).map((entry) => [entry.number, entry.before])).toEqual([
    [3, 0.2],
    [2, 0.2],
    [1, 0.1],
  ]);
  expect(currentValue(events, spec, rate)).toBe(0.3);
  expect(currentValue([], spec, rate)).toBe(0.1);
});

test("marks: a loss that came back is over, unless it went up again", () => {
  const note = (time: number, level: "info" | "warning", details: Record<string, unknown>) => ({
    type: "note",
    time,
    step: 10 * time,
    level,
    message: "the loss",
    details,
  });
  const up = (time: number, of: string) => note(time, "warning", { diverged: 10 * time, of });
  const events = [
    up(1, "validation"),
    up(2, "training"),
    note(3, "info", { came_back: "validation" }),
    up(4, "validation"),
  ];
  const marks = marksOf({ events, curves: new Map() });
  expect(marks.map((mark) => [mark.step, Boolean(mark.isOver)])).toEqual([
    [10, true],
    [20, false],
    [40, false],
  ]);
});

test("the trouble that ended a run begins with its first oddity, not with one long before", () => {
  const note = (step: number, details: Record<string, unknown>) => ({
    type: "note",
    time: step,
    step,
    level: "warning",
    message: "odd",
    details,
  });
  const saved = [10, 20, 30, 40, 50].map((step) => ({ step }));
  const before = (end: number, ...events: ReturnType<typeof note>[]) =>
    stepBeforeTrouble(marksOf({ events, curves: new Map() }), saved, end);
  expect(before(66, note(3, { spike: 3 }), note(45, { spike: 45 }), note(62, { skipped: 62 }))).toBe(40);
  expect(before(60, note(60, { diverged: 60 }))).toBe(30);
  expect(
    before(
      66,
      note(9, { spike: 9 }),
      note(25, { spike: 25 }),
      note(44, { spike: 44 }),
      note(62, { skipped: 62 }),
    ),
  ).toBe(null);
  expect(before(55)).toBe(50);
});

test("a method is called by its own name, with what it trains, once the model is open", () => {
  const said = { type: "training", time: 1, step: 0, trained_parameters: 12, all_parameters: 100 };
  const name = (tuning: unknown) => methodOf([said], { tuning })?.name;
  expect(methodOf([], { tuning: { kind: "lora" } })).toBeNull();
  expect(methodOf([said], {})).toEqual({ name: "", trained: 12, all: 100 });
  expect(name({ kind: "lora" })).toBe("LoRA");
  expect(name({ kind: "lora", base_bits: 4, use_dora: true })).toBe("QLoRA (4 bits) + DoRA");
  expect(name({ kind: "lora", use_rslora: true })).toBe("rsLoRA");
  expect(name({ kind: "prompt" })).toBe("Prompt tuning");
});

test("marks: refused commands and quiet notes have none", () => {
  const events = [
    set(1, 0.2),
    set(2, 9, false),
    { type: "note", time: 3, step: 30, level: "info", message: "fine" },
    { type: "note", time: 4, step: 40, level: "warning", message: "odd" },
    { type: "checkpoint", time: 5, step: 50, path: "step-50", bytes: 1, reason: "" },
    { type: "rehearsal", time: 0, step: 0, stages: [], seconds: 5, failed: "" },
  ];
  const marks = marksOf({ events, curves: new Map() });
  expect(marks.map((mark) => [mark.kind, mark.step])).toEqual([
    ["rehearsal", 0],
    ["change", 10],
    ["anomaly", 40],
    ["checkpoint", 50],
  ]);
  expect(placeOf(5, Float64Array.of(0, 10), Float64Array.of(100, 200))).toBe(150);
});

test("the ledger adds up", () => {
  const ledger = {
    stages: [
      { name: "rendered", rows: 10, tokens: 1000, sequences: null, losses: {} },
      { name: "trained", rows: 10, tokens: 700, sequences: 9, losses: { marks: { rows: 0, tokens: 300 } } },
    ],
  };
  expect(ledgerOf(ledger)).toEqual({
    stages: [
      { label: "rendered", value: 1000 },
      { label: "trained", value: 700 },
    ],
    losses: [{ afterStage: 0, label: "marks", value: 300, tone: "muted" }],
    unit: "tokens",
  });
});

test("recipes as text", () => {
  const spec = { task: "pretrain", data: { dataset: "a: b", splits: [] }, seed: 0, on: true, none: null };
  expect(toYaml(spec)).toBe(
    'task: pretrain\ndata:\n  dataset: "a: b"\n  splits: []\nseed: 0\n"on": true\nnone: null\n',
  );
  expect(toPython({ a: true, b: [null, "x"] })).toContain('"a": True');
});

test("a line of the log says what a person would say", () => {
  const t = (key: string, values: Record<string, unknown> = {}) =>
    key.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
  expect(linesOf([set(1, 0.2)], t)[0]).toMatchObject({
    level: "knob",
    text: `step 10 · set ${rate} → 0.2: done`,
  });
  const wrote = { type: "sample", time: 1, samples: [{}, {}] };
  expect(linesOf([wrote, { ...wrote, asked: true }], t).map((line) => line.text)).toEqual([
    "wrote 2 samples",
    "answered a prompt",
  ]);
  const result = { type: "result", time: 1, result: { kind: "map", rows: 12_900, best_loss: 0.51234 } };
  expect(linesOf([result], t)[0]?.text).toBe("kind map · rows 12,900 · best loss 0.5123");
});

test("every event that the log has words for is read from the server", () => {
  const text = readFileSync(new URL("lines.ts", import.meta.url), "utf8");
  const worded = [...text.matchAll(/^ {4}case "(\w+)":/gm)].map(([, type]) => type);
  expect(worded).toContain("drill");
  expect(worded.filter((type) => !SHOWN.includes(type ?? ""))).toEqual([]);
});
