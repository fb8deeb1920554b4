// Models and what is made of them: evaluations, exports, generated text.

import { queryOptions } from "@tanstack/react-query";
import { ApiError, api, baseUrl, data, type Problem, type Schemas } from "./client.ts";

export type Model = Schemas["Model"];
export type Evaluation = Schemas["Evaluation"];
export type Export = Schemas["Export"];
export type Architecture = Schemas["Architecture"];

export const runOf = (reference: string): string => reference.split("@")[0] ?? reference;

/** A model's name as people gave it, with its step. */
export function modelName(
  reference: string,
  models: readonly Pick<Model, "reference" | "name" | "run" | "step">[],
): string {
  const exact = models.find((each) => each.reference === reference);
  const found = exact ?? models.find((each) => each.run !== "" && each.run === runOf(reference));
  if (!found) return reference;
  const step = reference.split("@")[1];
  return step && !exact ? `${found.name} @${step}` : found.name;
}

/** What a field for models offers: the known ones by their names, and what stands in it by the name of its run. */
export function modelOptions(
  models: readonly Model[],
  chosen: string,
  label: (model: Model) => string,
): { id: string; label: string; description: string }[] {
  const options = models.map((each) => ({
    id: each.reference,
    label: label(each),
    description: each.reference,
  }));
  const name = modelName(chosen, models);
  if (chosen === "" || name === chosen || models.some((each) => each.reference === chosen)) return options;
  return [{ id: chosen, label: name, description: chosen }, ...options];
}

export interface AnsweredRow {
  row: number;
  prompt: string;
  answer: string;
  reference: string;
  ended_by: string;
  scores: Record<string, number | null>;
}

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: () => data(api.GET("/api/models", { params: { query: { limit: 1000 } } })),
});

export const evaluationsQuery = queryOptions({
  queryKey: ["evaluations"],
  queryFn: () => data(api.GET("/api/evaluations", { params: { query: { limit: 200 } } })),
});

export function evaluationQuery(id: string) {
  return queryOptions({
    queryKey: ["evaluations", id],
    queryFn: () => data(api.GET("/api/evaluations/{id}", { params: { path: { id } } })),
  });
}

/** Every answered row of an evaluation, all pages. */
export function answersQuery(id: string) {
  return queryOptions({
    queryKey: ["evaluations", id, "rows"],
    queryFn: async () => {
      const rows: AnsweredRow[] = [];
      let cursor = "";
      do {
        const page = await data(
          api.GET("/api/evaluations/{id}/rows", {
            params: { path: { id }, query: { limit: 1000, ...(cursor ? { cursor } : {}) } },
          }),
        );
        rows.push(...(page.items as unknown as AnsweredRow[]));
        cursor = page.next_cursor;
      } while (cursor);
      return rows;
    },
  });
}

export function startEvaluation(spec: Record<string, unknown>): Promise<Schemas["Started"]> {
  return data(api.POST("/api/evaluations", { body: spec as never }));
}

export const exportsQuery = queryOptions({
  queryKey: ["exports"],
  queryFn: () => data(api.GET("/api/exports", { params: { query: { limit: 200 } } })),
});

export function exportQuery(id: string) {
  return queryOptions({
    queryKey: ["exports", id],
    queryFn: () => data(api.GET("/api/exports/{id}", { params: { path: { id } } })),
  });
}

export function startExport(spec: Record<string, unknown>): Promise<Schemas["Started"]> {
  return data(api.POST("/api/exports", { body: spec as never }));
}

/** Address of one file of an export, to save it. */
export function exportFileUrl(id: string, name: string): string {
  return `${baseUrl()}/api/exports/${encodeURIComponent(id)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
}

export function registerModel(model: string, name: string): Promise<Model> {
  return data(api.POST("/api/models", { body: { model, name } }));
}

export function deleteModel(reference: string): Promise<Schemas["Deleted"]> {
  return data(api.DELETE("/api/models/{model}", { params: { path: { model: reference } } }));
}

export interface GenerationListener {
  onRun(id: string): void;
  onState(state: string, error: Problem | null): void;
  onText(piece: string): void;
  onResult(result: { tokens?: number; tokens_per_second?: number; model?: string }): void;
}

/** Generate text and hand on every piece as it comes. Rejects with an ApiError where the server refuses. */
export async function streamGeneration(
  spec: Record<string, unknown>,
  listener: GenerationListener,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${baseUrl()}/api/generate`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(spec),
    signal,
  });
  if (!response.ok || !response.body) throw new ApiError((await response.json()) as Problem);
  listener.onRun(response.headers.get("location")?.split("/").at(-1) ?? "");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const frames = buffer.split("\n\n");
    buffer = frames.pop() ?? "";
    for (const frame of frames) handleFrame(frame, listener);
  }
}

export function handleFrame(frame: string, listener: GenerationListener): void {
  const line = frame.split("\n").find((each) => each.startsWith("data: "));
  if (!line || !frame.includes("event: event")) return;
  const event = JSON.parse(line.slice(6));
  if (event.type === "text") listener.onText(String(event.text));
  if (event.type === "state") listener.onState(String(event.state), event.error ?? null);
  if (event.type === "result") listener.onResult(event.result ?? {});
}

/** What a model, a run or a checkpoint is made of; takes seconds. */
export function architectureQuery(model: string, isAsked: boolean) {
  return queryOptions({
    queryKey: ["architecture", "of", model],
    queryFn: () => data(api.GET("/api/architecture", { params: { query: { model } } })),
    enabled: isAsked,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
