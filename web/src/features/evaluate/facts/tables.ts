// Tables that a metric brings: numbers for all rows, and groups of rows with the same numbers each.

import { humanise } from "../../../forms/model/words.ts";

export interface GroupRow {
  name: string;
  values: Record<string, number>;
}

export interface GroupTable {
  id: string;
  title: string;
  columns: string[];
  rows: GroupRow[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const numbersOf = (value: Record<string, unknown>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );

function groupOf(id: string, title: string, groups: Record<string, unknown>): GroupTable | null {
  const rows = Object.entries(groups).flatMap(([name, value]) =>
    isRecord(value) ? [{ name, values: numbersOf(value) }] : [],
  );
  if (rows.length === 0) return null;
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].filter(
    (name) => !/_(low|high|margin)$/.test(name),
  );
  return { id, title, columns, rows };
}

function countsOf(id: string, title: string, counts: Record<string, unknown>): GroupTable | null {
  const rows = Object.entries(counts).flatMap(([name, value]) =>
    typeof value === "number" ? [{ name: humanise(name), values: { count: value } }] : [],
  );
  return rows.length > 0 ? { id, title, columns: ["count"], rows } : null;
}

/** Every group of every table, flat: levels, families, kinds of error. */
export function groupTables(tables: Record<string, unknown>): GroupTable[] {
  return Object.entries(tables).flatMap(([metric, table]) => {
    if (!isRecord(table)) return [];
    return Object.entries(table).flatMap(([name, groups]) => {
      if (!isRecord(groups)) return [];
      const id = `${metric}.${name}`;
      return groupOf(id, humanise(name), groups) ?? countsOf(id, humanise(name), groups) ?? [];
    });
  });
}
