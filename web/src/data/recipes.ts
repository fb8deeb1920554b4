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
