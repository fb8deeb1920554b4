// Typed fakes of cleaning steps and what they would do, for stories and tests alone.

import type { Schemas } from "../data/client.ts";

type Preview = Schemas["RefinePreview"];
type Report = Schemas["StepReport"];

const kind = (name: string, description: string, properties: object = {}) => ({
  title: name,
  description,
  type: "object",
  properties: { kind: { const: name, default: name, type: "string" }, ...properties },
});
const where = {
  default: "all",
  description: "Which of a row's texts.",
  enum: ["all", "prompts", "answers"],
  type: "string",
};
const DEFINITIONS = {
  HtmlStep: kind("html", "Take HTML away: tags go. More words.", {
    where,
    links: {
      default: "text",
      description: "What is kept of links.",
      enum: ["text", "address"],
      type: "string",
    },
  }),
  LengthStep: kind("length", "Drop rows that are too short or too long.", {
    where,
    min_characters: {
      anyOf: [{ minimum: 1, type: "integer" }, { type: "null" }],
      default: null,
      description: "Rows with fewer characters are dropped; empty = no limit.",
      ui: { unit: "characters" },
    },
  }),
  QualityStep: kind("quality", "Give each row a score and drop rows below a threshold.", {
    where,
    threshold: {
      default: 0,
      description: "Rows with a lower score are dropped.",
      minimum: 0,
      maximum: 1,
      type: "number",
    },
  }),
  RedactStep: kind("redact", "Put marks in the place of personal data and secrets.", { where }),
  WhitespaceStep: kind("whitespace", "One kind of white space.", { where }),
  DuplicatesStep: kind("duplicates", "Keep the first of rows that are alike.", { where }),
  StrangeStep: kind("strange", "A step of a plugin."),
};

/** The part of the recipe's schema that cleaning reads. */
export const FAKE_STEP_SCHEMA = {
  $defs: {
    RefineSpec: {
      type: "object",
      required: ["dataset", "steps"],
      properties: {
        dataset: { type: "string", description: "Dataset to start from." },
        steps: {
          type: "array",
          description: "What is done to the rows.",
          items: {
            discriminator: {
              propertyName: "kind",
              mapping: {
                html: "#/$defs/HtmlStep",
                length: "#/$defs/LengthStep",
                quality: "#/$defs/QualityStep",
                redact: "#/$defs/RedactStep",
                whitespace: "#/$defs/WhitespaceStep",
                duplicates: "#/$defs/DuplicatesStep",
                strange: "#/$defs/StrangeStep",
              },
            },
            oneOf: Object.keys(DEFINITIONS).map((name) => ({ $ref: `#/$defs/${name}` })),
          },
        },
      },
    },
    ...DEFINITIONS,
  },
};

export function fakeStep(name: string, changes: Partial<Report> = {}): Report {
  return {
    kind: name,
    settings: { kind: name },
    rows_in: 120,
    rows_out: 120,
    changed: 0,
    moved: 0,
    added: 0,
    dropped: 0,
    reasons: {},
    characters_in: 9000,
    characters_removed: 0,
    examples: [],
    dropped_examples: [],
    facts: {},
    ...changes,
  };
}

const row = (number: number, changes: Partial<Preview["rows"][number]>): Preview["rows"][number] => ({
  row: number,
  split: "train",
  split_before: "train",
  before: ["Where is shelf 3?", "<p>Beside the door.</p>"],
  after: ["Where is shelf 3?", "Beside the door."],
  dropped: "",
  step: null,
  extra: { quality: 0.83 },
  ...changes,
});

export const FAKE_PREVIEW: Preview = {
  dataset: { id: "faq1", name: "faq", version: 1, rows: 122 },
  sampled: 120,
  left: 98,
  is_sample: true,
  compares_sample: false,
  steps: [
    fakeStep("html", { changed: 34, characters_removed: 812 }),
    fakeStep("length", {
      rows_out: 110,
      dropped: 10,
      reasons: { "shorter than 20 characters": 10 },
    }),
    fakeStep("quality", {
      rows_in: 110,
      rows_out: 98,
      dropped: 12,
      reasons: { "quality below 0.3": 12 },
      settings: { kind: "quality", threshold: 0.3 },
      facts: {
        column: "quality",
        histogram: [0, 1, 2, 4, 5, 0, 0, 1, 2, 3, 5, 8, 10, 12, 14, 18, 12, 8, 4, 1],
        signals: { length: 0.7, symbols: 0.96, stop_words: 0.88 },
      },
    }),
  ],
  rows: [
    row(3, {}),
    row(5, {
      before: ["Hi", "ok"],
      after: ["Hi", "ok"],
      dropped: "shorter than 20 characters (4)",
      step: 1,
      extra: {},
    }),
    row(9, { before: ["Ask a@b.org", "Now."], after: ["Ask [EMAIL]", "Now."], split: "test" }),
  ],
  touched: 56,
};
