import { expect, it } from "vitest";
import { readForm, specOf, splitFor, writeForm } from "./form.ts";

it("survives the address", () => {
  const search = { model: "a@3", dataset: "faq@1", split: "test", metrics: "bleu", rows: "50", tokens: "16" };
  expect(writeForm(readForm(search))).toEqual(search);
  expect(Object.values(writeForm(readForm({}))).every((each) => each === undefined)).toBe(true);
  expect(readForm({ metrics: "none" }).metrics).toEqual(["none"]);
});

it("is a spec with the metrics that the server knows", () => {
  const form = readForm({ model: "m", dataset: "d", split: "test", metrics: "none,bleu,language" });
  expect(specOf(form, ["bleu", "language"], false).metrics).toEqual([{ kind: "bleu" }, { kind: "language" }]);
  expect(specOf(form, ["bleu", "language"], true).metrics).toEqual([{ kind: "language" }]);
});

it("measures the test part where there is one", () => {
  expect(splitFor(readForm({}), { train: 9, test: 1 })).toBe("test");
  expect(splitFor(readForm({ split: "train" }), { train: 9, test: 1 })).toBe("train");
  expect(splitFor(readForm({ split: "gone" }), { train: 9 })).toBe("train");
});
