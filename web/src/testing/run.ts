// Invented runs for stories of the run, generate and export pages.
import type { Curve } from "../data/live/curve.ts";
import type { RunView } from "../data/live/runStore.ts";
import type { LiveRun, RunNews } from "../data/live/stream.ts";
import type { Export, Model } from "../data/models.ts";
import type { Checkpoint, Run } from "../data/runs.ts";

export const START = 1_795_600_000;
export function fakeRun(change: Partial<Run> = {}): Run {
  return {
    id: "1m8linen07",
    name: "linen-07",
    task: "finetune",
    project: "default",
    source: "",
    parent: "",
    state: "running",
    reason: "",
    error: null,
    created: START - 60,
    started: START,
    ended: null,
    step: 940,
    total_steps: 1200,
    ordinal: 0,
    starred: false,
    archived: false,
    notes: "",
    tags: [],
    params: {},
    metrics: {},
    ...change,
  };
}

export function fakeLive(change: Partial<LiveRun> = {}): LiveRun {
  return { ...fakeRun(), ...change };
}

export const fakeSpec: Record<string, unknown> = {
  task: "finetune",
  name: "linen-07",
  seed: 0,
  model: { kind: "pretrained", source: "1m8base34m@400" },
  data: { dataset: "shop-dialogues", train_split: "train" },
  optimizer: { kind: "adamw", learning_rate: 0.0002 },
  loop: { max_steps: 1200, max_grad_norm: 1, num_epochs: 3 },
  batch: { kind: "tokens", micro_batch_tokens: 1024, gradient_accumulation_steps: 1 },
};

function curve(key: string, x: number[], value: (step: number, index: number) => number): Curve {
  return {
    run: "1m8linen07",
    key,
    x: Float64Array.from(x),
    y: Float64Array.from(x, value),
    isExact: true,
  };
}

export function fakeCurves(last = 940): Map<string, Curve> {
  const steps = Array.from({ length: last }, (_, i) => i + 1);
  const measured = Array.from({ length: Math.floor(last / 100) + 1 }, (_, i) => i * 100);
  const wave = (index: number) => Math.sin(index * 12.9898) * 0.06 + Math.sin(index * 3.1) * 0.03;
  const fall = (step: number) => 1.8 + 2.7 * Math.exp(-step / 160);
  const all = [
    curve("train/loss", steps, (step, i) => fall(step) + wave(i) + (step === 742 ? 1.2 : 0)),
    curve("train/learning_rate", steps, (step) => 2e-4 * Math.min(1, step / 40) * (1 - step / 1300)),
    curve("train/grad_norm", steps, (step, i) => 1 + Math.abs(wave(i)) * 8 + (step === 742 ? 7.6 : 0)),
    curve("train/tokens", steps, (step) => step * 19_000),
    curve("train/tokens_per_second", steps, (_, i) => 240_000 + wave(i) * 200_000),
    curve("train/epoch", steps, (step) => step / 400),
    curve("train/sample_digest", steps, (step) => step * 7e12),
    curve("val/loss", measured, (step) => fall(step) + 0.09),
    curve("val/perplexity", measured, (step) => Math.exp(fall(step) + 0.09)),
  ];
  return new Map(all.map((each) => [each.key, each]));
}

const event = (type: string, step: number | null, more: Record<string, unknown>): RunNews => ({
  type,
  time: START + (step ?? 0) * 0.08,
  ...(step === null ? {} : { step }),
  ...more,
});

const STAGES = ["steps", "validation", "save", "reload", "sample"];
const PROMPT = "My parcel says delivered but it is not here.";
const sample = (step: number, text: string) =>
  event("sample", step, {
    samples: [
      { prompt: PROMPT, text, reference: "I am sorry. I open a trace with the carrier." },
      { prompt: "Do you ship to Norway?", text: step === 0 ? "ship ship ship" : "Yes, within five days." },
    ],
  });

/** What the model wrote to a person's own prompt. */
export const fakeAnswer = (step: number, prompt: string, text: string): RunNews =>
  event("sample", step, { asked: true, samples: [{ prompt, text, reference: "" }] });

const set = (number: number, step: number, key: string, value: number, accepted = true) =>
  event("command", step, {
    number,
    command: "set",
    arguments: { key, value },
    accepted,
    message: accepted ? `${key} is now ${value}` : "it must be more than 0 and at most 10",
  });

export const fakeLedger = {
  stages: [
    { name: "raw", rows: 1000, tokens: 128_000, sequences: null, losses: {} },
    {
      name: "kept",
      rows: 940,
      tokens: 120_000,
      sequences: 940,
      losses: { "too long": { rows: 60, tokens: 8000 } },
    },
    {
      name: "trained",
      rows: 940,
      tokens: 80_000,
      sequences: 940,
      losses: { "prompt and marks, not learned": { rows: 0, tokens: 40_000 } },
    },
  ],
};

const system = (index: number): RunNews =>
  event("system", null, {
    time: START + index * 5,
    cpu_percent: 30 + (index % 5),
    machine_cpu_percent: 41,
    memory_bytes: 2.1e9 + index * 1e6,
    machine_memory_available_bytes: 20e9,
    disk_free_bytes: 82e9,
    gpus: [{ use_percent: 94 - (index % 3), memory_bytes: 9.8e9, power_watts: 182 }],
  });

export function fakeEvents(): RunNews[] {
  return [
    event("state", null, { state: "queued", time: START - 60 }),
    event("state", null, { state: "starting", time: START - 3 }),
    event("state", null, { state: "running", time: START }),
    event("ledger", null, { split: "train", ledger: fakeLedger }),
    event("ledger", null, { split: "validation", ledger: fakeLedger }),
    event("training", 0, { total_steps: 1200 }),
    event("rehearsal", 0, {
      stages: STAGES.map((stage) => ({ stage, seconds: 1.2, measured_bytes: 1.1e9 })),
      ...{ seconds: 6, measured_bytes: 1.1e9, predicted_bytes: 1.2e9, failed: "" },
    }),
    sample(0, "I am sorry to hear the parcel the parcel is a parcel"),
    ...Array.from({ length: 15 }, (_, i) => system(i)),
    event("checkpoint", 400, { path: "step-400", bytes: 68e6, reason: "best" }),
    sample(400, "I am sorry about that. The parcel is late."),
    set(1, 560, "loop.max_grad_norm", 0.5),
    event("note", 742, {
      level: "warning",
      message: "Step 742 was skipped: the loss or the gradient is not a finite number.",
      details: { skipped: 742, rows: [17, 204, 3311], loss: "inf", grad_norm: "8.6" },
    }),
    set(2, 760, "optimizer.learning_rate", 99, false),
    event("checkpoint", 800, { path: "step-800", bytes: 68e6, reason: "best" }),
    sample(800, "I'm sorry. Could you send me the order number? I'll open a trace with the carrier."),
    set(3, 900, "optimizer.learning_rate", 0.0001),
  ];
}

export function fakeView(change: Partial<RunView> = {}): RunView {
  const curves = change.curves ?? fakeCurves();
  const latest = new Map(
    [...curves].map(([key, each]) => [key, { step: each.x.at(-1) ?? 0, value: each.y.at(-1) ?? 0 }]),
  );
  return {
    curves,
    latest,
    events: fakeEvents(),
    step: 940,
    time: START + 75,
    state: "running",
    reason: "",
    isLoaded: true,
    error: null,
    version: 1,
    ...change,
  };
}

export const emptyView = (): RunView => fakeView({ curves: new Map(), events: [], step: 0 });

export function fakeCheckpoints(): Checkpoint[] {
  return [400, 800].map((step) => ({
    run: "1m8linen07",
    step,
    reference: `1m8linen07@${step}`,
    bytes: 68e6,
    best_loss: 2.2 - step / 2000,
    problems: [],
  }));
}

export function fakeModel(change: Partial<Model> = {}): Model {
  return {
    reference: "1m8linen07@800",
    name: "linen-07",
    kind: "run",
    run: "1m8linen07",
    step: 800,
    task: "finetune",
    state: "completed",
    created: START,
    meta: {},
    ...change,
  };
}

export const fakeProof = {
  prompts: 3,
  max_logit_difference: 1.2e-5,
  allowed_logit_difference: 0.001,
  same_greedy_text: 3,
  same_token_ids: 3,
  same_rendered_prompts: 3,
  rendered_prompts: 3,
  passed: true,
  problems: [] as string[],
};

export const brokenProof = {
  ...fakeProof,
  same_token_ids: 2,
  passed: false,
  problems: ["token ids differ for 1 of 3 texts"],
};

export function fakeExport(change: Partial<Export> = {}): Export {
  return {
    id: "1m8export1",
    name: "shop model",
    state: "completed",
    created: START,
    model: "1m8linen07@800",
    format: "hf",
    folder: "/workspace/exports/1m8export1",
    files: { "README.md": 2847, "config.json": 1026, "model.safetensors": 68e6, "tokenizer.json": 9403 },
    proof: fakeProof,
    ...change,
  };
}
