// The parts of the recipe's schema that data and evaluations read, for stories and tests alone.

const kind = (name: string, description: string, properties: object = {}, required: string[] = []) => ({
  description,
  properties: { kind: { const: name, default: name, type: "string" }, ...properties },
  required,
});
const refs = (...names: string[]) => ({ oneOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) });

/** The parts of the recipe's schema that data and evaluations read. */
export const FAKE_SCHEMA = {
  $defs: {
    ImportSpec: {
      properties: {
        mapping: refs("AutoMapping", "TextMapping", "PromptMapping"),
        format: refs("AutoFormat", "CsvFormat"),
        source: refs("FileSource", "FlowrollSource"),
      },
    },
    AutoMapping: kind("auto", "Find the shape from column names and content."),
    TextMapping: kind("text", "Every row is a text to learn as it stands.", {
      text: { default: "text", description: "Column that holds the text.", type: "string" },
    }),
    PromptMapping: kind("prompt", "Every row is a prompt and the answer to learn.", {
      prompt: { default: "prompt", description: "Column that holds the question.", type: "string" },
      completion: { default: "completion", description: "Column that holds the answer.", type: "string" },
      context: {
        anyOf: [{ type: "string" }, { type: "null" }],
        default: null,
        description: "Column with further input.",
      },
    }),
    AutoFormat: kind("auto", "Recognise the format by the content."),
    CsvFormat: kind("csv", "Separated values.", {
      header: {
        anyOf: [{ type: "boolean" }, { type: "null" }],
        default: null,
        description: "Whether the first row names the columns.",
      },
    }),
    FileSource: kind("file", "A file or a folder on this machine.", { path: { type: "string" } }, ["path"]),
    FlowrollSource: kind("flowroll", "FLOWROLL: text or tasks of the workshop language.", {
      part: {
        default: "all",
        description: "`pretrain` is language text, the others are tasks.",
        enum: ["pretrain", "all"],
        type: "string",
      },
      tasks: {
        default: 24000,
        description: "How many tasks.",
        minimum: 1,
        maximum: 200000,
        type: "integer",
        ui: { unit: "rows" },
      },
    }),
    TokenizerSpec: { properties: { model: refs("BpeTokenizer", "ByteTokenizer") } },
    ByteTokenizer: kind("byte", "One token a byte.", { template: { default: "chatml", type: "string" } }),
    BpeTokenizer: kind("bpe", "Byte-level byte-pair encoding.", {
      vocab_size: { default: 8192, minimum: 300, maximum: 1000000, type: "integer", ui: { scale: "log" } },
      min_frequency: {
        default: 2,
        minimum: 1,
        type: "integer",
        description: "A pair must occur this often.",
      },
      digits: { default: "individual", enum: ["individual", "grouped"], type: "string" },
      space_prefix: {
        default: true,
        type: "boolean",
        description: "Whether the space before a word belongs to its token.",
      },
      template: { default: "chatml", type: "string" },
    }),
    EvaluateSpec: {
      properties: {
        metrics: {
          type: "array",
          items: refs("LanguageMetric", "ExactMatch", "RougeL", "FlowrollExecution"),
        },
      },
    },
    LanguageMetric: kind("language", "Loss, perplexity, bits per byte and token accuracy."),
    ExactMatch: kind("exact_match", "Share of answers equal to the reference."),
    RougeL: kind("rouge_l", "Longest common subsequence of words."),
    FlowrollExecution: kind("flowroll_execution", "Share of answers that are right when run."),
  },
};
