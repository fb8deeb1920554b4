// How text is drawn, as the form holds it, and as the server and other tools take it.

export interface Settings {
  kind: "greedy" | "random" | "beam";
  max_new_tokens: number | null;
  temperature: number | null;
  top_k: number | null;
  top_p: number | null;
  min_p: number | null;
  seed: number | null;
  num_beams: number | null;
  length_penalty: number | null;
  repetition_penalty: number | null;
  /** One a line. */
  stop: string;
}

export const DEFAULTS: Settings = {
  kind: "random",
  max_new_tokens: 128,
  temperature: 0.8,
  top_k: null,
  top_p: 1,
  min_p: 0,
  seed: 0,
  num_beams: 4,
  length_penalty: 1,
  repetition_penalty: 1,
  stop: "",
};

export interface Request {
  model: string;
  prompt: string;
  raw: boolean;
  settings: Settings;
}

/** An empty field means its default. */
function or(value: number | null, usual: number | null): number {
  return value ?? usual ?? 0;
}

function sampling(settings: Settings): Record<string, unknown> {
  if (settings.kind === "greedy") return { kind: "greedy" };
  if (settings.kind === "beam") {
    return {
      kind: "beam",
      num_beams: or(settings.num_beams, DEFAULTS.num_beams),
      length_penalty: or(settings.length_penalty, DEFAULTS.length_penalty),
    };
  }
  return {
    kind: "random",
    temperature: or(settings.temperature, DEFAULTS.temperature),
    top_k: settings.top_k,
    top_p: or(settings.top_p, DEFAULTS.top_p),
    min_p: or(settings.min_p, DEFAULTS.min_p),
    seed: or(settings.seed, DEFAULTS.seed),
  };
}

export function stopsOf(settings: Settings): string[] {
  return settings.stop.split("\n").filter((each) => each !== "");
}

/** The body of `POST /api/generate`. */
export function toSpec({ model, prompt, raw, settings }: Request): Record<string, unknown> {
  return {
    model: { kind: "pretrained", source: model },
    prompt,
    raw,
    generation: {
      max_new_tokens: or(settings.max_new_tokens, DEFAULTS.max_new_tokens),
      sampling: sampling(settings),
      repetition_penalty: or(settings.repetition_penalty, DEFAULTS.repetition_penalty),
      stop: stopsOf(settings),
    },
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export function asCurl(request: Request, address: string): string {
  const body = JSON.stringify(toSpec(request));
  return `curl -N ${address}/api/generate \\\n  -H "Authorization: Bearer $TOKENLOOM_TOKEN" \\\n  -H 'Content-Type: application/json' \\\n  -H 'Accept: text/event-stream' \\\n  -d ${quoted(body)}\n`;
}

export function asCli({ model, prompt, raw, settings }: Request): string {
  const options = [`--prompt ${quoted(prompt)}`];
  options.push(`--max-new-tokens ${or(settings.max_new_tokens, DEFAULTS.max_new_tokens)}`);
  if (settings.kind === "random") {
    options.push(`--temperature ${or(settings.temperature, DEFAULTS.temperature)}`);
    if (settings.top_p !== null && settings.top_p !== 1) options.push(`--top-p ${settings.top_p}`);
    if (settings.top_k !== null) options.push(`--top-k ${settings.top_k}`);
    if (settings.seed) options.push(`--seed ${settings.seed}`);
  }
  if (settings.kind === "beam") options.push(`--beams ${or(settings.num_beams, DEFAULTS.num_beams)}`);
  for (const stop of stopsOf(settings)) options.push(`--stop ${quoted(stop)}`);
  if (raw) options.push("--raw");
  return `tokenloom generate ${quoted(model)} \\\n  ${options.join(" \\\n  ")}\n`;
}

export function asPython(request: Request): string {
  const { settings } = request;
  const draw =
    settings.kind === "random"
      ? `do_sample=True, temperature=${or(settings.temperature, 0.8)}, top_p=${or(settings.top_p, 1)}${settings.top_k === null ? "" : `, top_k=${settings.top_k}`}`
      : settings.kind === "beam"
        ? `num_beams=${or(settings.num_beams, 4)}, do_sample=False`
        : "do_sample=False";
  const text = JSON.stringify(request.prompt);
  const read = request.raw
    ? `ids = tokenizer(${text}, return_tensors="pt")["input_ids"]`
    : `ids = tokenizer.apply_chat_template([{"role": "user", "content": ${text}}], add_generation_prompt=True, return_tensors="pt", return_dict=True)["input_ids"]`;
  return `import tokenloom\n\nmodel, tokenizer = tokenloom.load(${JSON.stringify(request.model)})\n${read}\nout = model.generate(ids, max_new_tokens=${or(settings.max_new_tokens, 128)}, ${draw}, repetition_penalty=${or(settings.repetition_penalty, 1)})\nprint(tokenizer.decode(out[0, ids.shape[1]:]))\n`;
}
