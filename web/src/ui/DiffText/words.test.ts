import { expect, test } from "vitest";
import { diffWords } from "./words.ts";

const join = (parts: ReturnType<typeof diffWords>, without: string) =>
  parts
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join("");

test("both texts can be read out of the parts", () => {
  const pairs = [
    ["My parcel is late.", "My small parcel was late!"],
    ["", "new"],
    ["gone", ""],
    ["same", "same"],
    ["a  b\nc", "a b\nc c"],
  ] as const;
  for (const [before, after] of pairs) {
    const parts = diffWords(before, after);
    expect(join(parts, "added")).toBe(before);
    expect(join(parts, "removed")).toBe(after);
  }
});

test("only the changed word is marked", () => {
  expect(diffWords("the red house", "the blue house")).toEqual([
    { kind: "same", text: "the " },
    { kind: "removed", text: "red" },
    { kind: "added", text: "blue" },
    { kind: "same", text: " house" },
  ]);
});

test("huge texts are one replacement and stay quick", () => {
  const before = Array.from({ length: 5000 }, (_, n) => `a${n}`).join(" ");
  const after = Array.from({ length: 5000 }, (_, n) => `b${n}`).join(" ");
  expect(diffWords(before, after).length).toBe(2);
});
