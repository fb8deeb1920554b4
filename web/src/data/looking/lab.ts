// How well tokenizers fit a dataset, and which words they lack.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "../client.ts";

export type Fit = Schemas["Fit"];
export type Comparison = Schemas["Comparison"];
export type Candidates = Schemas["Candidates"];

export function fitQuery(tokenizer: string, dataset: string) {
  return queryOptions({
    queryKey: ["tokenizer", tokenizer, "fit", dataset],
    queryFn: () =>
      data(
        api.GET("/api/tokenizers/{tokenizer}/fit", { params: { path: { tokenizer }, query: { dataset } } }),
      ),
    enabled: tokenizer !== "" && dataset !== "",
    retry: false,
  });
}

export function compareQuery(tokenizer: string, other: string, dataset: string) {
  return queryOptions({
    queryKey: ["tokenizer", tokenizer, "compare", other, dataset],
    queryFn: () =>
      data(
        api.GET("/api/tokenizers/{tokenizer}/compare", {
          params: { path: { tokenizer }, query: { dataset, other } },
        }),
      ),
    enabled: tokenizer !== "" && other !== "" && dataset !== "",
    retry: false,
  });
}

export function candidatesQuery(tokenizer: string, dataset: string, count: number) {
  return queryOptions({
    queryKey: ["tokenizer", tokenizer, "candidates", dataset, count],
    queryFn: () =>
      data(
        api.GET("/api/tokenizers/{tokenizer}/candidates", {
          params: { path: { tokenizer }, query: { dataset, count } },
        }),
      ),
    enabled: tokenizer !== "" && dataset !== "",
    retry: false,
  });
}
