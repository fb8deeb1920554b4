import { expect, it } from "vitest";
import { lacksTokenizer, limitPassed, unknownDataset } from "./clashes.ts";

const DATASETS = [{ id: "d1", name: "faq", version: 2 }];
const on = (dataset: string) => ({ task: "pretrain", data: { dataset } });

it("knows a dataset by name, version and id", () => {
  for (const name of ["faq", "faq@2", "d1", "", "YOUR-DATASET"])
    expect(unknownDataset(on(name), DATASETS)).toBeUndefined();
  expect(unknownDataset(on("nope"), undefined)).toBeUndefined();
  expect(unknownDataset(on("faq@3"), DATASETS)).toBe("faq@3");
  expect(unknownDataset(on("nope"), DATASETS)).toBe("nope");
});

it("compares rows with the model's limit", () => {
  const of = (length?: number) => ({
    model: { max_sequence_length: 256 },
    data: { render: { max_sequence_length: length } },
  });
  expect(limitPassed(of(512))).toBe(256);
  expect(limitPassed(of(256))).toBeUndefined();
  expect(limitPassed(of())).toBeUndefined();
});

it("asks for a tokenizer only where a new model would take the newest of none", () => {
  expect(lacksTokenizer(on("faq"), [])).toBe(true);
  expect(lacksTokenizer(on("faq"), [{}])).toBe(false);
  expect(lacksTokenizer(on("faq"), undefined)).toBe(false);
  expect(lacksTokenizer({ ...on("faq"), task: "finetune" }, [])).toBe(false);
  expect(lacksTokenizer({ ...on("faq"), model: { tokenizer: "words" } }, [])).toBe(false);
  expect(lacksTokenizer({ ...on("faq"), model: { kind: "pretrained", source: "x" } }, [])).toBe(false);
});
