// Typed fakes for stories of recipes, and the answers of a small server.

import { HttpResponse, http } from "msw";
import recorded from "../../../docs/reference/recipe.schema.json";
import type { DatasetItem, TokenizerItem } from "../data/datasets.ts";
import type { Estimate, Preset, PresetItem, Resolved } from "../data/recipes.ts";

export const estimate: Estimate = {
  total_bytes: 10_200_000_000,
  low_bytes: 8_200_000_000,
  high_bytes: 13_200_000_000,
  parts_bytes: {
    weights: 1_100_000_000,
    gradients: 300_000_000,
    optimizer: 500_000_000,
    activations: 7_400_000_000,
    logits: 500_000_000,
    beside: 0,
    base: 400_000_000,
  },
  memory_runs: 3,
  memory_alike: 2,
  parameters: 34_000_000,
  trained_parameters: 4_000_000,
  available_bytes: 16_000_000_000,
  fits: true,
  tokens_at_once: 2048,
  tokens_per_step: 4096,
  steps: 12_000,
  rows: 41_200,
  tokens: 49_152_000,
  seconds: 1260,
  low_seconds: 1140,
  high_seconds: 1440,
  measured_runs: 3,
  disk_bytes: 900_000_000,
  free_disk_bytes: 79_000_000_000,
  cost: 0.48,
  currency: "EUR",
  levers: [
    { change: "half the micro-batch, twice the accumulation (same result)", saves_bytes: 3_700_000_000 },
    { change: "tuning.kind=lora tuning.rank=16", saves_bytes: 790_000_000 },
    { change: "a shorter longest sequence", saves_bytes: 90_000_000 },
  ],
};

export const presets: PresetItem[] = [
  { name: "cpu/tiny-lora", title: "Teach a small model to answer with LoRA.", task: "finetune" },
  { name: "cpu/tiny-pretrain", title: "A small model from random weights, in minutes.", task: "pretrain" },
  { name: "gpu/pretrain-124m", title: "A GPT-2-sized model on one 24 GB GPU.", task: "pretrain" },
];

export const preset: Preset = {
  name: "cpu/tiny-lora",
  title: "Teach a small model to answer with LoRA.",
  task: "finetune",
  shapes: ["text", "label", "prompt", "chat", "feedback", "preference"],
  spec: {
    task: "finetune",
    name: "tiny LoRA",
    model: { kind: "pretrained", source: "YOUR-RUN" },
    data: { dataset: "YOUR-DATASET" },
    tuning: { kind: "lora", rank: 16 },
    loop: { num_epochs: 3 },
    evaluation: { every_steps: 50 },
  },
  yaml: "",
};

const dataset: DatasetItem = {
  id: "5e0882ffbc0d016a",
  name: "faq",
  version: 1,
  created: "2026-11-25T20:06:50+00:00",
  shape: "prompt",
  rows: 122,
  splits: { train: 101, validation: 13, test: 8 },
  quarantined: 5,
  columns: ["question", "answer"],
};

const tokenizer: TokenizerItem = {
  id: "293d63b19abeb7f5",
  name: "stories",
  version: 1,
  created: "2026-11-25T19:42:09+00:00",
  vocab_size: 512,
  meta: {},
};

const model = {
  reference: "1m8a59gwmztawytr@120",
  name: "stories",
  kind: "run",
  run: "1m8a59gwmztawytr",
  step: 120,
  task: "pretrain",
  state: "completed",
  created: 1_795_637_429,
  meta: {},
};

/** Says of a rank above 1,024 that it is too large, as the server does. */
function check(spec: Record<string, unknown>): Resolved {
  const rank = (spec.tuning as { rank?: number } | undefined)?.rank ?? 16;
  const errors =
    rank > 1024
      ? [
          {
            field: "tuning.rank",
            message: `input should be less than or equal to 1024, not ${rank}`,
            fix: "Set tuning.rank to at most 1024.",
          },
        ]
      : [];
  return { valid: errors.length === 0, spec, yaml: "", message: "", hint: "", errors };
}

const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: "", total: items.length });

/** A schedule that warms up over a tenth of the run and falls to nothing: a shape to look at, not the server's arithmetic. */
export const drawnSchedule = http.post("*/api/recipes/schedule", async ({ request }) => {
  const { learning_rate: rate, steps } = (await request.json()) as { learning_rate: number; steps: number };
  const at = Array.from({ length: 50 }, (_, number) => Math.round((number * (steps - 1)) / 49));
  const rates = at.map((step) => rate * Math.min((10 * (step + 1)) / steps, (steps - step) / steps / 0.9));
  return HttpResponse.json({ steps: at, rates });
});

/** Handlers of a workspace that has one dataset, one model and one tokenizer; empty lists where told so. */
export function recipeHandlers({ isEmpty = false } = {}) {
  return [
    http.get("*/api/schema/recipe", () => HttpResponse.json(recorded)),
    http.get("*/api/recipes", () => page(presets)),
    http.get("*/api/recipes/*", () => HttpResponse.json(preset)),
    http.get("*/api/datasets", () => page(isEmpty ? [] : [dataset])),
    http.get("*/api/tokenizers", () => page(isEmpty ? [] : [tokenizer])),
    http.get("*/api/models", () => page(isEmpty ? [] : [model])),
    http.get("*/api/machine", () => HttpResponse.json({ gpus: [] })),
    http.post("*/api/recipes/resolve", async ({ request }) => {
      const body = (await request.json()) as { spec?: Record<string, unknown>; yaml?: string };
      if (body.yaml !== undefined && !body.yaml.includes("pretrain"))
        return HttpResponse.json({
          valid: false,
          spec: null,
          yaml: "",
          message: "task: there is no task",
          hint: "",
          errors: [
            {
              field: "task",
              message: "there is no task “sing”",
              fix: "Set task to one of pretrain, finetune.",
            },
          ],
        });
      return HttpResponse.json(check(body.spec ?? { task: "pretrain", data: { dataset: "faq" } }));
    }),
    http.post("*/api/estimate", () => HttpResponse.json(estimate)),
    drawnSchedule,
    http.post("*/api/runs", () =>
      HttpResponse.json({ id: "1m8a59gwmztawytz", state: "queued" }, { status: 201 }),
    ),
  ];
}
