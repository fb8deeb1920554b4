// The parity seal of an export: what was compared between the source and the written files.

export interface Proof {
  prompts: number;
  max_logit_difference: number;
  allowed_logit_difference: number;
  same_greedy_text: number;
  same_token_ids: number;
  same_rendered_prompts: number;
  rendered_prompts: number;
  passed: boolean;
  problems: string[];
}

/** None where the export has not come so far. */
export function proofOf(raw: Record<string, unknown>): Proof | null {
  return typeof raw.passed === "boolean" ? (raw as unknown as Proof) : null;
}

export interface Check {
  id: "logits" | "greedy" | "ids" | "template";
  passed: boolean;
  /** Out of how many, or the difference. */
  found: number;
  limit: number;
}

export function checksOf(proof: Proof): Check[] {
  const checks: Check[] = [
    {
      id: "logits",
      passed: proof.max_logit_difference <= proof.allowed_logit_difference,
      found: proof.max_logit_difference,
      limit: proof.allowed_logit_difference,
    },
    count("greedy", proof.same_greedy_text, proof.prompts),
    count("ids", proof.same_token_ids, proof.prompts),
  ];
  if (proof.rendered_prompts > 0) {
    checks.push(count("template", proof.same_rendered_prompts, proof.rendered_prompts));
  }
  return checks;
}

function count(id: Check["id"], found: number, limit: number): Check {
  return { id, passed: found >= limit, found, limit };
}

/** How anyone loads the folder, with nothing of ours. */
export function loadSnippet(folder: string, isAdapter: boolean): string {
  const from = folder.startsWith("/") ? "" : "# run it in the folder of the workspace\n";
  const path = `${from}folder = ${JSON.stringify(folder)}\n`;
  if (isAdapter) {
    return `from peft import AutoPeftModelForCausalLM\nfrom transformers import AutoTokenizer\n\n${path}model = AutoPeftModelForCausalLM.from_pretrained(folder)\ntokenizer = AutoTokenizer.from_pretrained(folder)\n`;
  }
  return `from transformers import AutoModelForCausalLM, AutoTokenizer\n\n${path}model = AutoModelForCausalLM.from_pretrained(folder)\ntokenizer = AutoTokenizer.from_pretrained(folder)\n\ninputs = tokenizer("Hello", return_tensors="pt")\nprint(tokenizer.decode(model.generate(**inputs, max_new_tokens=40)[0]))\n`;
}

/** A folder as it is told: below the workspace by its place there, elsewhere in full. */
export function toldFolder(folder: string, workspace: string): string {
  const root = workspace.replace(/\/+$/, "");
  return root !== "" && folder.startsWith(`${root}/`) ? folder.slice(root.length + 1) : folder;
}
