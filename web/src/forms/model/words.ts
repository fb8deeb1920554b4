// Names of settings as people read them, and what a description says of an empty field.

const WHOLE: Record<string, string> = {
  base_bits: "Bits of the base (QLoRA)",
  adamw: "AdamW",
  adamw_8bit: "AdamW in 8 bits",
  bleu: "BLEU",
  bpe: "Byte-pair encoding",
  csv: "CSV",
  data: "Data",
  dpo: "DPO",
  feedforward_modules: "Feed-forward modules",
  flowroll_execution: "FLOWROLL execution",
  full: "Full: every weight",
  gelu: "GELU",
  grpo: "GRPO",
  hf: "Hugging Face folder",
  html: "HTML",
  ia3: "IA³",
  jsonl: "JSON lines",
  kind: "Kind",
  kto: "KTO",
  max_megabytes: "Megabytes at most",
  sha256: "SHA-256",
  uri: "Address in the bucket",
  url: "Address",
  lora: "LoRA",
  leakage: "Leakage into train",
  max_grad_norm: "Gradient clip",
  near_duplicates: "Near-duplicates",
  num_epochs: "Passes over the data",
  orpo: "ORPO",
  relu: "ReLU",
  redact: "Personal data and secrets",
  resplit: "Split anew",
  render: "Rows to tokens",
  rouge_l: "ROUGE-L",
  sgd: "SGD",
  silu: "SiLU",
  transformer: "Transformer, from random weights",
  tuning: "Method",
  unfreeze_every_steps: "Unfreeze a block every",
  unicode: "Broken characters",
  use_dora: "DoRA",
  use_rslora: "rsLoRA",
  whitespace: "White space",
  wsd: "Warm-up, stay, decay",
  every_seconds: "Seconds between",
  every_steps: "Steps between",
  hidden_size: "Width",
  intermediate_size: "Feed-forward width",
  keep_best: "Keep the best",
  keep_last: "Newest that are kept",
  max_new_tokens: "New tokens at most",
  max_rewinds: "Rewinds at most",
  max_rows: "Rows at most",
  max_sequence_length: "Longest sequence",
  max_sequences: "Sequences at most",
  max_skipped_steps: "Skipped steps at most",
  max_logit_difference: "Largest logit difference",
  max_steps: "Steps",
  micro_batch_size: "Micro-batch",
  micro_batch_tokens: "Micro-batch",
  gradient_accumulation_steps: "Gradient accumulation",
  compute: "Machine",
  distributed: "Several processes",
  ddp: "A copy for each (DDP)",
  fsdp: "A part for each (FSDP2)",
  ranks: "Processes per machine",
  nodes: "Machines",
  node_rank: "Number of this machine",
  loop: "Length of training",
  guard: "When numbers go wrong",
  pretrained: "A model that exists",
};
/** Values whose word means something else as the name of a setting. */
const CHOICES: Record<string, string> = {
  language: "The next token",
  reward: "A reward model",
  "tuning.bottleneck": "Bottleneck adapters",
  "tuning.freeze": "Freeze a part",
  "tuning.prompt": "Prompt tuning",
  "tuning.prefix": "Prefix tuning",
};
/** Names that say more where they stand than alone. */
const AT: Record<string, string> = {
  "model.max_sequence_length": "Context length",
  "teacher.source": "Teacher",
  "tuning.freeze": "Parameters to freeze",
  "tuning.init": "Begin from",
  "tuning.size": "Inner width",
  "tuning.train": "Parameters to train",
};
const PIECES: Record<string, string> = {
  kv: "KV",
  std: "standard deviation",
  rope: "RoPE",
  init: "initial",
  warmup: "warm-up",
  top: "top",
};
const UPPER = /^(bf16|fp32|cpu|cuda|mps|kv)$/;

/** `learning_rate` is “Learning rate”, `num_layers` is “Layers”. */
export function humanise(name: string): string {
  const whole = WHOLE[name];
  if (whole) return whole;
  const words = name
    .replace(/^num_/, "")
    .split(/[_-]/)
    .map((word) => PIECES[word] ?? word);
  const text = words.join(" ");
  return UPPER.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a setting is called where it stands; `usual` is its name alone. */
export const nameAt = (path: readonly string[], usual: string): string =>
  AT[path.slice(-2).join(".")] ?? usual;

/** A value of an enum or a kind: kept as it is typed where it is an exact word; `of` is the setting that it is a kind of. */
export function humaniseOption(value: unknown, of = ""): string {
  if (value === true) return "Yes";
  if (value === false) return "No";
  return CHOICES[`${of}.${value}`] ?? CHOICES[String(value)] ?? humanise(String(value));
}

/** What the description says of an empty field: “empty = only at the end” gives “only at the end”. */
export function emptyMeans(description: string): string | undefined {
  const found = /[;,:.]?\s*empty (?:= |means (?:that )?)([^.;]+)/i.exec(description)?.[1] ?? undefined;
  if (found)
    return found
      .replace(/\s*\(.*$/, "")
      .replace(/^it is /, "")
      .replace(/,.*$/, "")
      .trim();
  return /empty (turns it off|refuses)/
    .exec(description)?.[1]
    ?.replace("turns it off", "off")
    .replace("refuses", "refused");
}
