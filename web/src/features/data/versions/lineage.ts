// A lineage laid out in columns: what came first stands left, and nobody stands left of what it was made from.

import type { LineageGraph, LineageNode } from "../../../data/history.ts";

export interface Placed extends LineageNode {
  column: number;
  row: number;
}

/** Longest way from a source decides the column; the order of the rows follows those of the parents. */
export function layOut({ nodes, edges }: LineageGraph): Placed[] {
  const parents = new Map<string, string[]>();
  for (const { from, to } of edges) {
    if (from && to) parents.set(to, [...(parents.get(to) ?? []), from]);
  }
  const columns = new Map<string, number>();
  const columnOf = (key: string, trail: ReadonlySet<string>): number => {
    const known = columns.get(key);
    if (known !== undefined) return known;
    const above = (parents.get(key) ?? []).filter((each) => !trail.has(each));
    const column =
      above.length === 0 ? 0 : 1 + Math.max(...above.map((each) => columnOf(each, new Set([...trail, key]))));
    columns.set(key, column);
    return column;
  };
  const rows = new Map<number, number>();
  const placed = new Map<string, Placed>();
  const ordered = [...nodes].sort((a, b) => columnOf(a.key, new Set()) - columnOf(b.key, new Set()));
  for (const node of ordered) {
    const column = columnOf(node.key, new Set());
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    placed.set(node.key, { ...node, column, row });
  }
  return [...placed.values()];
}

/** Where a thing is shown in the studio; nothing for one that was deleted. */
export function addressOf({ kind, id, name, detail }: LineageNode): string | undefined {
  if (detail === "deleted") return undefined;
  if (kind === "dataset") return `/data/${encodeURIComponent(name)}`;
  if (kind === "tokenizer") return `/data?tab=tokenizers&tokenizer=${encodeURIComponent(name)}`;
  return kind === "run" ? `/runs/${id}` : `/generate?model=${encodeURIComponent(name)}`;
}
