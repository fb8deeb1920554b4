// Versions of datasets: what another split would do, what changed, cards, lineage; and the disk that it all takes.

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";

export type SplitPreview = Schemas["SplitPreview"];
export type VersionDiff = Schemas["VersionDiff"];
export type ChangedRow = Schemas["ChangedRow"];
export type LineageGraph = Schemas["LineageGraph"];
export type LineageNode = Schemas["LineageNode"];
export type Disk = Schemas["Disk"];
export type Change = "added" | "removed" | "changed" | "moved";

export function splitPreviewQuery(reference: string, split: Record<string, unknown>) {
  return queryOptions({
    queryKey: ["dataset", reference, "split", split],
    queryFn: () =>
      data(
        api.POST("/api/datasets/{dataset}/split/preview", {
          params: { path: { dataset: reference } },
          body: split,
        }),
      ),
    retry: false,
    placeholderData: keepPreviousData,
  });
}

export function diffQuery(reference: string, other: string, key: string, show: Change) {
  return infiniteQueryOptions({
    queryKey: ["dataset", reference, "diff", other, key, show],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/datasets/{dataset}/diff", {
          params: {
            path: { dataset: reference },
            query: { other, key, show, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled: other !== "",
    retry: false,
    placeholderData: keepPreviousData,
  });
}

export function cardQuery(reference: string) {
  return queryOptions({
    queryKey: ["dataset", reference, "card"],
    queryFn: () =>
      data(api.GET("/api/datasets/{dataset}/card", { params: { path: { dataset: reference } } })),
  });
}

export function writeCard(reference: string, words: string): Promise<Schemas["Card"]> {
  return data(
    api.PUT("/api/datasets/{dataset}/card", { params: { path: { dataset: reference } }, body: { words } }),
  );
}

export function lineageQuery(kind: LineageNode["kind"], of: string) {
  return queryOptions({
    queryKey: ["lineage", kind, of],
    queryFn: () => data(api.GET("/api/lineage", { params: { query: { kind, of } } })),
  });
}

export const diskQuery = queryOptions({
  queryKey: ["disk"],
  queryFn: () => data(api.GET("/api/disk")),
});

export function cleanDisk(what: Schemas["CleanableArea"]["kind"][]): Promise<Schemas["Cleaned"]> {
  return data(api.POST("/api/disk/clean", { body: { what } }));
}

export type Binned = Schemas["BinnedThing"];

export const binQuery = queryOptions({
  queryKey: ["bin"],
  queryFn: () => data(api.GET("/api/bin", { params: { query: { limit: 1000 } } })),
});

/** Put a deleted thing back where it stood. */
export function restoreFromBin(id: string): Promise<Binned> {
  return data(api.POST("/api/bin/{id}/restore", { params: { path: { id } } }));
}

export function deleteFromBin(id: string): Promise<Schemas["Deleted"]> {
  return data(api.DELETE("/api/bin/{id}", { params: { path: { id } } }));
}

export function setQuota(bytes: number | null): Promise<Schemas["Quota"]> {
  return data(api.PUT("/api/disk/quota", { body: { bytes } }));
}
