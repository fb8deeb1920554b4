import { expect, test } from "vitest";
import { dense, lora } from "../../testing/architecture.ts";
import { operations } from "./Facts.tsx";
import { amount, flatten, type ModuleNode, nameOf, shapesOf, spineOf } from "./nodes.ts";

test("the stream runs from the embedding over folded blocks to the head", () => {
  const spine = spineOf(dense.root);
  expect(spine.map((node) => node.role)).toEqual(["embedding", "block", "norm", "head"]);
  expect(nameOf(spine[1] as ModuleNode)).toBe("layers 0–3");
  expect(shapesOf(spine[3] as ModuleNode)).toBe("8×256×256 → 8×256×8192");
});

test("what stands on the stream adds up to the whole", () => {
  const sum = spineOf(dense.root).reduce((total, node) => total + amount(node, "parameters"), 0);
  expect(sum).toBe(dense.root.parameters);
  expect(lora.root.trained).toBeLessThan(lora.root.parameters / 5);
});

test("a table has every module once, below what holds it", () => {
  const rows = flatten(dense.root);
  expect(rows[0]?.depth).toBe(0);
  expect(rows.filter(({ node }) => node.role === "block")).toHaveLength(1);
  expect(rows.find(({ node }) => node.name === "q_proj")?.depth).toBe(4);
});

test("arithmetic is written with the unit that people say", () => {
  expect(operations(0)).toBe("–");
  expect(operations(1_340_000_000)).toBe("1.34 GFLOP");
  expect(operations(2.5e15)).toBe("2.50 PFLOP");
});
