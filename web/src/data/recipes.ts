// Recipes: the schema that draws the form, presets, checking, estimates, and plans.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";

export type Preset = Schemas["Preset"];
export type PresetItem = Schemas["PresetItem"];
export type PlanItem = Schemas["PlanItem"];
export type Resolved = Schemas["Resolved"];
export type FieldProblem = Schemas["FieldProblem"];

/** What a recipe will need, as the server's estimate says it. Bytes, seconds, tokens. */
export interface Estimate {
  total_bytes: number;
  low_bytes: number;
  high_bytes: number;
  parts_bytes: Record<
    "weights" | "gradients" | "optimizer" | "activations" | "logits" | "beside" | "base",
    number
  >;
  /** Earlier runs that the memory was corrected by, and how many of them had the same method and objective. */
  memory_runs: number;
  memory_alike: number;
  parameters: number;
  trained_parameters: number;
  available_bytes: number;
  fits: boolean;
  tokens_at_once: number;
  tokens_per_step: number;
  steps: number | null;
  rows: number | null;
  tokens: number | null;
  seconds: number | null;
  low_seconds: number | null;
  high_seconds: number | null;
  measured_runs: number;
  disk_bytes: number;
  free_disk_bytes: number;
  cost: number | null;
  currency: string;
  levers: { change: string; saves_bytes: number }[];
  /** What speaks against the data; `unknown` where it is not there yet, or large and not looked at. */
  data?: {
    verdict: "ready" | "warnings" | "not_ready" | "unknown";
    reasons: { id: string; field: string; severity: "error" | "warning"; message: string; fix: string }[];
  };
}

export const schemaQuery = queryOptions({
  queryKey: ["schema"],
  queryFn: () => data(api.GET("/api/schema/recipe")) as Promise<Record<string, unknown>>,
  staleTime: Number.POSITIVE_INFINITY,
});

export const presetsQuery = queryOptions({
  queryKey: ["presets"],
  queryFn: () => data(api.GET("/api/recipes")),
  staleTime: Number.POSITIVE_INFINITY,
});

export function presetQuery(name: string) {
  return queryOptions({
    queryKey: ["presets", name],
    queryFn: () => data(api.GET("/api/recipes/{name}", { params: { path: { name } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The recipe with every default, or what is wrong with it, field by field. */
export function resolvedQuery(spec: Record<string, unknown> | null) {
  return queryOptions({
    queryKey: ["resolved", spec],
    queryFn: () => data(api.POST("/api/recipes/resolve", { body: { spec: spec ?? {}, overrides: [] } })),
    enabled: spec !== null,
    placeholderData: (previous) => previous,
  });
}

export function estimateQuery(spec: Record<string, unknown> | null) {
  return queryOptions({
    queryKey: ["estimate", spec],
    queryFn: async () =>
      (await data(api.POST("/api/estimate", { body: spec as never }))) as unknown as Estimate,
    enabled: spec !== null,
    retry: false,
    placeholderData: (previous) => previous,
  });
}

/** The learning rate over a run: the very numbers that training will use. */
export function scheduleQuery(schedule: Record<string, unknown>, learningRate: number, steps: number) {
  return queryOptions({
    queryKey: ["schedule", schedule, learningRate, steps],
    queryFn: () =>
      data(api.POST("/api/recipes/schedule", { body: { schedule, learning_rate: learningRate, steps } })),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (previous) => previous,
  });
}

export const plansQuery = queryOptions({
  queryKey: ["plans"],
  queryFn: () => data(api.GET("/api/plans")),
  staleTime: Number.POSITIVE_INFINITY,
});

export function startPlan(name: string): Promise<Schemas["StartedPlan"]> {
  return data(api.POST("/api/plans/{name}", { params: { path: { name } } }));
}

/** One try of a probe. */
export interface ProbeRow {
  size: number;
  unit?: string;
  fits: boolean;
  peak_bytes: number;
  tokens_per_second?: number;
  reason?: string;
}

export interface Suggestion {
  size: number;
  accumulation: number;
  same_result: boolean;
  peak_bytes: number;
  tokens_per_second: number;
  change: string;
}

/** A probe or a rehearsal as far as it has come: a run that trains nothing. Bytes, seconds. */
export interface Trial {
  kind: "probe" | "rehearse";
  isOver: boolean;
  /** What it does now. */
  phase: string;
  rows: ProbeRow[];
  limit: number;
  suggestion: Suggestion | null;
  stages: { stage: string; seconds: number; measured_bytes: number }[];
  measured: number;
  predicted: number;
  error: { what: string; todo: string } | null;
}

const TRIAL_EVENTS = ["state", "progress", "probe", "rehearsal", "result"];
const TRIAL_MS = 700;
const OVER = new Set(["completed", "failed", "stopped", "interrupted"]);
type Told = Record<string, unknown>;

/** What the events of a trial's run say. */
export function trialOf(kind: Trial["kind"], events: readonly Told[]): Trial {
  const last = (type: string) => events.findLast((event) => event.type === type);
  const state = last("state");
  const result = (last("result")?.result ?? {}) as Told;
  const tries = events.filter((event) => event.type === "probe");
  const rehearsal = last("rehearsal");
  const error = state?.error as { message?: string; hint?: string } | null | undefined;
  return {
    kind,
    isOver: OVER.has(String(state?.state)),
    phase: String(last("progress")?.phase ?? ""),
    rows: tries as unknown as ProbeRow[],
    limit: Number(result.limit_bytes ?? tries[0]?.limit_bytes ?? 0),
    suggestion: (result.suggestion as Suggestion | undefined) ?? null,
    stages: (rehearsal?.stages as Trial["stages"] | undefined) ?? [],
    measured: Number(result.measured_bytes ?? 0),
    predicted: Number(result.predicted_bytes ?? 0),
    error:
      state?.state === "failed"
        ? { what: String(error?.message ?? state.reason ?? ""), todo: String(error?.hint ?? "") }
        : null,
  };
}

/** Follows the run of a trial until it is over. */
export function trialQuery(run: string | null, kind: Trial["kind"]) {
  return queryOptions({
    queryKey: ["trial", run],
    queryFn: async () => {
      const page = await data(
        api.GET("/api/runs/{id}/events", {
          params: { path: { id: run ?? "" }, query: { type: TRIAL_EVENTS, limit: 1000 } },
        }),
      );
      return trialOf(
        kind,
        page.items.map((each) => each.event as Told),
      );
    },
    enabled: run !== null,
    refetchInterval: (query) => (query.state.data?.isOver ? false : TRIAL_MS),
  });
}

/** The model of a recipe as it will be trained, from its real modules; takes seconds. */
export function recipeArchitectureQuery(spec: Record<string, unknown> | null) {
  return queryOptions({
    queryKey: ["architecture", spec],
    queryFn: () => data(api.POST("/api/architecture", { body: spec as never })),
    enabled: spec !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (previous) => previous,
  });
}
