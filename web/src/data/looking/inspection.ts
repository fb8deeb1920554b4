// What is wrong with a dataset, what its texts are made of, and runs that look closer or mend it.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "../client.ts";
import { startRun } from "../runs.ts";

export type Validation = Schemas["Validation"];
export type DataFinding = Schemas["DataFinding"];
export type DoctorVerdict = Schemas["DoctorVerdict"];
export type NearCluster = Schemas["NearCluster"];
export type Corpus = Schemas["Corpus"];
export type CorpusMap = Schemas["CorpusMap"];
export type ColumnSummary = Schemas["ColumnSummary"];

/** With what a dataset is looked at; `near` also searches rows that are nearly alike. */
export interface Looked {
  tokenizer: string;
  context: number;
  near: boolean;
}

const STEADY = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;

export function validationQuery(reference: string, looked: Looked) {
  return queryOptions({
    queryKey: ["dataset", reference, "validation", looked],
    queryFn: () =>
      data(
        api.GET("/api/datasets/{dataset}/validation", {
          params: { path: { dataset: reference }, query: looked },
        }),
      ),
    retry: false,
  });
}

export function doctorQuery(reference: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "doctor"],
    queryFn: () =>
      data(api.GET("/api/datasets/{dataset}/doctor", { params: { path: { dataset: reference } } })),
    enabled: reference !== "",
    ...STEADY,
  });
}

export function corpusQuery(reference: string, tokenizer: string, split: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "corpus", tokenizer, split],
    queryFn: () =>
      data(
        api.GET("/api/datasets/{dataset}/corpus", {
          params: { path: { dataset: reference }, query: { tokenizer, ...(split ? { split } : {}) } },
        }),
      ),
    ...STEADY,
  });
}

/** `model`: who lays the rows out; empty: their words do. */
export function mapQuery(reference: string, split: string, model = "", limit = 5000) {
  return queryOptions({
    queryKey: ["dataset", reference, "map", split, model, limit],
    queryFn: () =>
      data(
        api.GET("/api/datasets/{dataset}/map", {
          params: { path: { dataset: reference }, query: { limit, model, ...(split ? { split } : {}) } },
        }),
      ),
    ...STEADY,
  });
}

export function columnsQuery(reference: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "columns"],
    queryFn: () =>
      data(api.GET("/api/datasets/{dataset}/columns", { params: { path: { dataset: reference } } })),
    ...STEADY,
  });
}

/** Start the run that looks at all rows; its report is there once it has ended. */
export const startInspection = (dataset: string, looked: Looked): Promise<Schemas["Started"]> =>
  startRun({ task: "inspect", dataset, ...looked, tokenizer: looked.tokenizer || null });

/** Start the run that lays rows out by a model, which it may fetch from the hub where that is allowed; its map is there once it has ended. */
export const startMap = (
  dataset: string,
  split: string,
  model: string,
  allowsDownload: boolean,
): Promise<Schemas["Started"]> =>
  startRun({
    task: "map",
    dataset,
    split: split || null,
    model: { kind: "pretrained", source: model, ...(allowsDownload ? { allow_download: true } : {}) },
  });
