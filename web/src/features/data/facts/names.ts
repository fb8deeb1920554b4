// Names of datasets: proposed from a file, grouped by name, and written with a version.

import type { DatasetItem } from "../../../data/datasets.ts";

export const referenceOf = (item: { name: string; version: number }): string =>
  `${item.name}@${item.version}`;

export const hrefOf = (item: { name: string; version: number }): string =>
  `/data/${encodeURIComponent(referenceOf(item))}`;

/** A name from a path: its last part without endings, in letters, digits, “-”, “_” and “.”. */
export function proposeName(path: string): string {
  const last = path.split(/[\\/]/).filter(Boolean).at(-1) ?? "";
  const stem = last.replace(/(\.(jsonl?|csv|tsv|parquet|txt|md|gz|zst|zip|ndjson))+$/i, "");
  const plain = stem.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  return (
    plain
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
      .slice(0, 80)
      .toLowerCase() || "data"
  );
}

export interface DatasetGroup {
  name: string;
  newest: DatasetItem;
  /** All versions, newest first. */
  versions: DatasetItem[];
}

export function groupDatasets(items: readonly DatasetItem[]): DatasetGroup[] {
  const byName = new Map<string, DatasetItem[]>();
  for (const item of items) byName.set(item.name, [...(byName.get(item.name) ?? []), item]);
  return [...byName].flatMap(([name, found]) => {
    const versions = found.sort((a, b) => b.version - a.version);
    const newest = versions[0];
    return newest ? [{ name, newest, versions }] : [];
  });
}

/** Unix seconds of a moment as the server writes it. */
export const secondsOf = (created: string): number => Date.parse(created) / 1000;
