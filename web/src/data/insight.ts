// What the log of a run says about how it learns and what its time goes into.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, baseUrl, data, type Schemas } from "./client.ts";

export type Flow = Schemas["Flow"];
export type FlowFlag = Schemas["Flag"];
export type Profile = Schemas["Profile"];
export type Suggestion = Schemas["Suggestion"];
export type TraceFile = Schemas["TraceFile"];

/** Norms, updates and flags by layer; with `layer` its histograms, too. `looks`: how many looks there are, so that a new one is read. */
export function flowQuery(run: string, layer: string, looks: number) {
  return queryOptions({
    queryKey: ["run", run, "flow", layer, looks],
    queryFn: () => data(api.GET("/api/runs/{id}/flow", { params: { path: { id: run }, query: { layer } } })),
    placeholderData: keepPreviousData,
  });
}

/** `news`: changes when there is a new trace, or the run has ended. */
export function profileQuery(run: string, news: string) {
  return queryOptions({
    queryKey: ["run", run, "profile", news],
    queryFn: () => data(api.GET("/api/runs/{id}/profile", { params: { path: { id: run } } })),
    placeholderData: keepPreviousData,
  });
}

/** Where a trace is saved from. */
export function traceHref(run: string, name: string): string {
  return `${baseUrl()}/api/runs/${run}/traces/${encodeURIComponent(name)}`;
}
