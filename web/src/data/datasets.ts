// Datasets and tokenizers: lists, rows, statistics, what the model will see, and importing.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";

export type DatasetItem = Schemas["DatasetItem"];
export type DatasetDetail = Schemas["DatasetDetail"];
export type Rendered = Schemas["Rendered"];
export type ImportPreview = Schemas["ImportPreview"];
export type PreviewRow = Schemas["PreviewRow"];
export type TokenizerItem = Schemas["TokenizerItem"];

export interface Percentiles {
  [percentile: `p${number}`]: number;
  mean: number;
}

/** As the server's statistics say it; `tokens` where a tokenizer was named. */
export interface DatasetStats {
  rows: number;
  characters: number;
  characters_per_row: Percentiles;
  splits: Record<string, number>;
  tokens?: {
    sampled_rows: number;
    /** The template that the rows were read with; empty where none could be. */
    template: string;
    total_estimate: number;
    per_row: Percentiles;
    characters_per_token: number;
    vocabulary_used: number;
    unknown_rate: number;
    lost_by_truncation: Record<string, number>;
    lost_by_padding: Record<string, number>;
  };
}

export interface LedgerStage {
  name: string;
  rows: number;
  tokens: number | null;
  sequences: number | null;
  losses: Record<string, { rows: number; tokens: number }>;
}

export const datasetsQuery = queryOptions({
  queryKey: ["datasets"],
  queryFn: () => data(api.GET("/api/datasets", { params: { query: { limit: 1000 } } })),
});

export function datasetQuery(reference: string) {
  return queryOptions({
    queryKey: ["dataset", reference],
    queryFn: () => data(api.GET("/api/datasets/{dataset}", { params: { path: { dataset: reference } } })),
  });
}

export interface RowsQuery {
  split?: string;
  search?: string;
  filter?: string[];
  sort?: string;
  descending?: boolean;
}

const SEARCHING_MS = 250;

/** How many rows answer, asked for until all were looked at. */
export function rowsFoundQuery(reference: string, query: RowsQuery) {
  return queryOptions({
    queryKey: ["dataset", reference, "found", query],
    queryFn: async () => {
      const { found, scanned, complete } = await readRows(reference, query, "", 1);
      return { found, scanned, complete };
    },
    refetchInterval: ({ state }) => (state.data && !state.data.complete ? SEARCHING_MS : false),
    placeholderData: (previous) => previous,
    retry: false,
  });
}

/** One page of rows. The cursor of this list is the number of rows before it, so any place can be asked for. */
export function readRows(reference: string, query: RowsQuery, cursor: string, limit: number) {
  return data(
    api.GET("/api/datasets/{dataset}/rows", {
      params: { path: { dataset: reference }, query: { ...query, limit, ...(cursor ? { cursor } : {}) } },
    }),
  );
}

export function renderedQuery(reference: string, row: number | null, tokenizer: string, template = "auto") {
  return queryOptions({
    queryKey: ["dataset", reference, "rendered", row, tokenizer, template],
    queryFn: () =>
      data(
        api.GET("/api/datasets/{dataset}/rendered", {
          params: { path: { dataset: reference }, query: { row: row ?? 0, tokenizer, template } },
        }),
      ),
    enabled: row !== null && tokenizer !== "",
    retry: false,
    placeholderData: (previous) => previous,
  });
}

export function statsQuery(reference: string, tokenizer: string, split?: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "stats", tokenizer, split],
    queryFn: async () =>
      (await data(
        api.GET("/api/datasets/{dataset}/stats", {
          params: { path: { dataset: reference }, query: { tokenizer, ...(split ? { split } : {}) } },
        }),
      )) as unknown as DatasetStats,
  });
}

export function reportQuery(reference: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "report"],
    queryFn: () =>
      data(api.GET("/api/datasets/{dataset}/report", { params: { path: { dataset: reference } } })),
  });
}

export function quarantineQuery(reference: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "quarantine"],
    queryFn: () =>
      data(
        api.GET("/api/datasets/{dataset}/quarantine", {
          params: { path: { dataset: reference }, query: { limit: 200 } },
        }),
      ),
  });
}

export type RefinePreview = Schemas["RefinePreview"];
export type StepReport = Schemas["StepReport"];

/** What steps would do to a sample, or to the rows of these numbers. */
export function refinePreviewQuery(reference: string, steps: Record<string, unknown>[]) {
  return queryOptions({
    queryKey: ["dataset", reference, "refine", steps],
    queryFn: () =>
      data(
        api.POST("/api/datasets/{dataset}/refine/preview", {
          params: { path: { dataset: reference } },
          body: { steps, sample: 200 },
        }),
      ),
    enabled: steps.length > 0,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
  });
}

/** Start a run that makes a new version by these steps. */
export function refineDataset(
  reference: string,
  steps: readonly Record<string, unknown>[],
  into = "",
): Promise<Schemas["Started"]> {
  return data(
    api.POST("/api/datasets/{dataset}/refine", {
      params: { path: { dataset: reference } },
      body: { steps: [...steps], into },
    }),
  );
}

export const tokenizersQuery = queryOptions({
  queryKey: ["tokenizers"],
  queryFn: () => data(api.GET("/api/tokenizers", { params: { query: { limit: 1000 } } })),
});

export interface PreviewRequest {
  upload?: string;
  uploads?: string[];
  path?: string;
  format: Record<string, unknown>;
  mapping: Record<string, unknown>;
  columns?: Record<string, unknown>;
  tokenizer?: string;
  template?: string;
}

/** What an import would make of the first rows; nothing is made. */
export function previewQuery(request: PreviewRequest) {
  return queryOptions({
    queryKey: ["import preview", request],
    queryFn: ({ signal }) =>
      data(api.POST("/api/datasets/preview", { body: { ...request } as never, signal })),
    enabled: Boolean(request.upload || request.uploads?.length || request.path),
    retry: false,
    staleTime: 60_000,
    placeholderData: (previous) => previous,
  });
}

export interface ImportRequest {
  dataset: string;
  upload?: string;
  uploads?: string[];
  path?: string;
  source?: Record<string, unknown>;
  format?: Record<string, unknown>;
  mapping?: Record<string, unknown>;
  columns?: Record<string, unknown>;
  split?: Record<string, unknown>;
}

/** Start a run that makes a new version of a dataset. */
export function importDataset(request: ImportRequest): Promise<Schemas["Started"]> {
  return data(api.POST("/api/datasets", { body: { ...request } }));
}

export function deleteDataset(reference: string): Promise<Schemas["Deleted"]> {
  return data(api.DELETE("/api/datasets/{dataset}", { params: { path: { dataset: reference } } }));
}

export function trainTokenizer(spec: Record<string, unknown>): Promise<Schemas["Started"]> {
  return data(api.POST("/api/tokenizers", { body: spec as never }));
}

export function deleteTokenizer(reference: string): Promise<Schemas["Deleted"]> {
  return data(api.DELETE("/api/tokenizers/{tokenizer}", { params: { path: { tokenizer: reference } } }));
}

export function previewTokens(tokenizer: string, text: string, template = ""): Promise<Schemas["Preview"]> {
  return data(
    api.POST("/api/tokenizers/{tokenizer}/preview", {
      params: { path: { tokenizer } },
      body: { text, template },
    }),
  );
}
