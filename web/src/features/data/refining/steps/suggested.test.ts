import { expect, test } from "vitest";
import { draftsOf, suggestedOf, usualOf } from "./suggested.ts";

const finding = (title: string, fix: unknown[], count = 3) => ({ title, count, fix });

test("each step once, texts before rows, with every finding behind it", () => {
  const found = suggestedOf([
    finding("Copies", [{ kind: "duplicates" }]),
    finding("Invisible", [{ kind: "unicode" }, { kind: "whitespace" }], 1),
    finding("Broken", [{ kind: "unicode" }], 2),
    finding("Roles", []),
    finding("Replaced", [{ kind: "pattern", pattern: "\ufffd" }]),
    finding("Footer", [{ kind: "pattern", pattern: "Bye" }]),
    finding("A plugin's", [{ kind: "strange" }]),
  ]);
  expect(found.map(({ kind }) => kind)).toEqual([
    "unicode",
    "whitespace",
    "pattern",
    "pattern",
    "duplicates",
    "strange",
  ]);
  expect(found[0]?.reasons).toEqual([
    { title: "Invisible", count: 1 },
    { title: "Broken", count: 2 },
  ]);
  expect(draftsOf(found.slice(2, 4))).toEqual([
    { id: "1", kind: "pattern", settings: { pattern: "\ufffd" } },
    { id: "2", kind: "pattern", settings: { pattern: "Bye" } },
  ]);
});

test("a list of very many rows is left to the report", () => {
  const drop = Array.from({ length: 1001 }, (_, row) => row);
  expect(suggestedOf([finding("Contradictions", [{ kind: "rows", drop }])])).toEqual([]);
  expect(suggestedOf([finding("Contradictions", [{ kind: "rows", drop: [4] }])])).toHaveLength(1);
});

test("the usual steps are of those that there are", () => {
  const kind = (name: string) => ({
    kind: name,
    label: name,
    help: "",
    definition: name,
    group: "texts" as const,
  });
  expect(usualOf([kind("html"), kind("whitespace")])).toEqual([
    { kind: "whitespace", settings: {}, reasons: [] },
  ]);
});
