import { expect, test } from "vitest";
import { FAKE_LINEAGE } from "../../../testing/history.ts";
import { addressOf, layOut } from "./lineage.ts";

test("nothing stands left of what it was made from", () => {
  const placed = layOut(FAKE_LINEAGE);
  const column = new Map(placed.map(({ key, column: at }) => [key, at]));
  for (const { from, to } of FAKE_LINEAGE.edges) {
    expect(column.get(to ?? "")).toBeGreaterThan(column.get(from ?? "") ?? 99);
  }
  expect(new Set(placed.map(({ column: at, row }) => `${at}/${row}`)).size).toBe(placed.length);
});

test("a circle ends", () => {
  const edges = [
    { from: "dataset:faq1", to: "dataset:faq2" },
    { from: "dataset:faq2", to: "dataset:faq1" },
  ];
  expect(layOut({ ...FAKE_LINEAGE, edges })).toHaveLength(FAKE_LINEAGE.nodes.length);
});

test("a deleted thing leads nowhere", () => {
  const [node] = FAKE_LINEAGE.nodes;
  expect(node && addressOf(node)).toBe("/data/faq%402");
  expect(node && addressOf({ ...node, detail: "deleted" })).toBeUndefined();
});
