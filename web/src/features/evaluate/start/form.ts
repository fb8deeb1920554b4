// The start form lives in the address: a link to it is a prepared evaluation.

export interface EvaluationForm {
  model: string;
  dataset: string;
  split: string;
  metrics: string[];
  /** null: all. */
  rows: number | null;
  tokens: number | null;
}

const TOKENS = 128;
export const USUAL = ["language", "exact_match", "token_jaccard", "bleu", "rouge_l"];

type Search = Record<string, string>;
const number = (text: string | undefined) => (text && Number.isFinite(Number(text)) ? Number(text) : null);

export function readForm(search: Search): EvaluationForm {
  return {
    model: search.model ?? "",
    dataset: search.dataset ?? "",
    split: search.split ?? "",
    metrics: search.metrics === undefined ? USUAL : search.metrics.split(",").filter(Boolean),
    rows: number(search.rows),
    tokens: search.tokens === undefined ? TOKENS : number(search.tokens),
  };
}

/** “none” keeps an emptied list apart from one that was never touched. */
export function writeForm(form: EvaluationForm): Record<string, string | undefined> {
  const metrics = form.metrics.join(",") || "none";
  return {
    model: form.model || undefined,
    dataset: form.dataset || undefined,
    split: form.split || undefined,
    metrics: metrics === USUAL.join(",") ? undefined : metrics,
    rows: form.rows === null ? undefined : String(form.rows),
    tokens: form.tokens === null || form.tokens === TOKENS ? undefined : String(form.tokens),
  };
}

/** The part that is measured: the chosen one, else test, validation, or whatever there is. */
export function splitFor(form: EvaluationForm, splits: Record<string, number>): string {
  if (form.split in splits) return form.split;
  return ["test", "validation"].find((name) => name in splits) ?? Object.keys(splits)[0] ?? "";
}

export function specOf(
  form: EvaluationForm,
  known: readonly string[],
  isText: boolean,
): Record<string, unknown> {
  const metrics = form.metrics.filter((kind) => known.includes(kind) && (!isText || kind === "language"));
  return {
    model: { kind: "pretrained", source: form.model },
    data: { dataset: form.dataset, split: form.split, max_rows: form.rows },
    metrics: metrics.map((kind) => ({ kind })),
    ...(form.tokens === null ? {} : { generation: { max_new_tokens: form.tokens } }),
  };
}
