import { expect, test } from "vitest";
import { type CodeLanguage, tokenize } from "./tokenize.ts";

const kinds = (line: string, language: CodeLanguage) =>
  tokenize(line, language)
    .filter(({ kind }) => kind !== "")
    .map(({ kind, text }) => `${kind} ${text}`);

test("each language tells keys, values and comments apart", () => {
  expect(kinds("  lr: 2e-4  # was 1e-4", "yaml")).toEqual(["k lr", "v 2e-4", "c # was 1e-4"]);
  expect(kinds('  "name": "linen", "on": true', "json")).toEqual([
    'k "name"',
    'v "linen"',
    'k "on"',
    "v true",
  ]);
  expect(kinds("tokenloom train --steps 100 # now", "shell")).toEqual([
    "k tokenloom",
    "k --steps",
    "v 100",
    "c # now",
  ]);
  expect(kinds("from x import y  # z", "python")).toEqual(["k from", "k import", "c # z"]);
});

test("the pieces of a line are the line", () => {
  const line = `a: "b # not a comment" # c\t'`;
  for (const language of ["yaml", "shell", "python", "json", "text"] as const) {
    expect(
      tokenize(line, language)
        .map(({ text }) => text)
        .join(""),
    ).toBe(line);
  }
});
