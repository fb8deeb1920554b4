// Curves of many runs over one shared grid, as the server buckets them.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";
import { type Curve, curveOf } from "./live/curve.ts";
import { PACKED, unpacked } from "./live/packed.ts";

export type { Curve } from "./live/curve.ts";

export interface SeriesQuery {
  runs: string[];
  keys: string[];
  x?: "step" | "time" | "elapsed" | "tokens";
  from?: number;
  to?: number;
  px?: number;
}

/** Curves over one grid: packed where the server can, else as JSON. */
export async function readCurves(query: SeriesQuery): Promise<Curve[]> {
  const answer = await data(
    api.GET("/api/series", { params: { query }, headers: { Accept: PACKED }, parseAs: "arrayBuffer" }),
  );
  const bytes = answer as ArrayBuffer;
  return (
    unpacked(bytes) ?? (JSON.parse(new TextDecoder().decode(bytes)) as Schemas["Series"]).curves.map(curveOf)
  );
}

/** Curves for a chart; a zoom asks again for its own range, so that every view has its true extremes. */
export function seriesQuery(query: SeriesQuery) {
  return queryOptions({
    queryKey: ["series", query],
    queryFn: () => readCurves(query),
    enabled: query.runs.length > 0 && query.keys.length > 0,
    placeholderData: (previous) => previous,
  });
}
