import { expect, it } from "vitest";
import { axisDomain, axisShare, brushed } from "./brush.ts";

const rate = { id: "rate", label: "rate", log: true };
const kind = { id: "kind", label: "kind", categories: ["lora", "full"] };
const rows = [
  { id: "a", label: "a", values: { rate: 1e-4, kind: "lora" } },
  { id: "b", label: "b", values: { rate: 1e-3, kind: "full" } },
  { id: "c", label: "c", values: { rate: 1e-2, kind: null } },
];

it("places numbers, logarithms and categories", () => {
  const domain = axisDomain(rate, rows);
  expect(domain).toEqual([1e-4, 1e-2]);
  expect(rows.map((row) => axisShare(rate, domain, row)?.toFixed(2))).toEqual(["0.00", "0.50", "1.00"]);
  expect(rows.map((row) => axisShare(kind, axisDomain(kind, rows), row))).toEqual([0, 1, null]);
});

it("keeps the rows inside every brush", () => {
  const ids = (brushes: Record<string, [number, number]>) =>
    brushed([rate, kind], rows, brushes).map((row) => row.id);
  expect(ids({})).toEqual(["a", "b", "c"]);
  expect(ids({ rate: [0.4, 1] })).toEqual(["b", "c"]);
  expect(ids({ rate: [0.4, 1], kind: [0, 1] })).toEqual(["b"]);
});
