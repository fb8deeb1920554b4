// What the schema does not say: which settings only experts touch, which lists hold words, which texts are long.

/** Hidden below “Expert”. Every name occurs in the schema: a test holds this. */
const EXPERT: ReadonlySet<string> = new Set([
  "allow_download",
  "append_end",
  "beta1",
  "beta2",
  "deterministic",
  "encoding",
  "epsilon",
  "every_seconds",
  "head_size",
  "init_std",
  "intermediate_size",
  "log_every",
  "max_logit_difference",
  "max_rewinds",
  "max_skipped_steps",
  "method",
  "min_frequency",
  "min_p",
  "num_kv_heads",
  "pattern",
  "project",
  "quote",
  "revision",
  "rope_theta",
  "special_tokens",
  "threads",
  "train_split",
  "trust_remote_code",
]);

/** Lists of single words; other lists hold whole texts, which may contain commas. */
const WORDS: ReadonlySet<string> = new Set([
  "tags",
  "datasets",
  "target_modules",
  "special_tokens",
  "keep",
  "languages",
  "remove",
  "what",
]);
const LONG: ReadonlySet<string> = new Set(["prompt"]);
const PROSE: ReadonlySet<string> = new Set(["name", "project"]);

export const expertNames: readonly string[] = [...EXPERT];
export const isExpert = (name: string): boolean => EXPERT.has(name);
export const holdsWords = (name: string): boolean => WORDS.has(name);
/** `prompt` of a task is text; `prompt` of a mapping is a column. */
export const isLong = (name: string, depth: number): boolean => LONG.has(name) && depth === 1;
export const isProse = (name: string): boolean => PROSE.has(name);
