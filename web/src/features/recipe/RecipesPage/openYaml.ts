import { ApiError, api, data } from "../../../data/client.ts";
import { sparse } from "../../../forms/model/entries.ts";
import { fieldsOf } from "../../../forms/model/model.ts";
import { definitionOf, type RootSchema, type Values } from "../../../forms/model/schema.ts";
import type { YamlRefusal } from "../FromYaml/FromYaml.tsx";
import { newDraftId, writeDraft } from "../pure/drafts.ts";

/** Checks the text on the server and keeps it as a draft; the draft's id, or what is wrong. */
export async function openYaml(
  schema: RootSchema,
  text: string,
  name: string,
): Promise<string | YamlRefusal> {
  try {
    const resolved = await data(api.POST("/api/recipes/resolve", { body: { yaml: text, overrides: [] } }));
    if (!resolved.valid || !resolved.spec)
      return { message: resolved.message, hint: resolved.hint, errors: resolved.errors ?? [] };
    const whole = resolved.spec as Values;
    const definition = definitionOf(schema, String(whole.task));
    const spec = definition ? { task: whole.task, ...sparse(fieldsOf(schema, definition), whole) } : whole;
    const id = newDraftId();
    const draft = { id, title: String(whole.name || name), spec, baseline: spec, saved: Date.now() / 1000 };
    if (writeDraft(localStorage, { ...draft, origin: { kind: "yaml", name } })) return id;
    return { message: "This browser keeps no drafts.", hint: "Allow storage for this page.", errors: [] };
  } catch (error) {
    const problem = error instanceof ApiError ? error.problem : null;
    return {
      message: problem?.detail ?? String(error),
      hint: problem?.hint ?? "",
      errors: problem?.errors ?? [],
    };
  }
}
