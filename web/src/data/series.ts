// Curves of many runs over one shared grid, as the server buckets them.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";
import { type Curve, curveOf } from "./live/curve.ts";

export type { Curve } from "./live/curve.ts";

export interface SeriesQuery {
  runs: string[];
  keys: string[];
  x?: "step" | "time" | "elapsed" | "tokens";
  from?: number;
  to?: number;
  px?: number;
}

export async function readSeries(query: SeriesQuery): Promise<Schemas["Series"]> {
  const answer = await data(api.GET("/api/series", { params: { query: { ...query, format: "json" } } }));
  return answer as Schemas["Series"];
}

/** Curves for a chart; a zoom asks again for its own range, so that every view has its true extremes. */
export function seriesQuery(query: SeriesQuery) {
  return queryOptions({
    queryKey: ["series", query],
    queryFn: async (): Promise<Curve[]> => (await readSeries(query)).curves.map(curveOf),
    enabled: query.runs.length > 0 && query.keys.length > 0,
    placeholderData: (previous) => previous,
  });
}
