import { expect, test } from "vitest";
import { asCli, asCurl, asPython, DEFAULTS, toSpec } from "./settings.ts";

const request = { model: "abc@60", prompt: "it's", raw: false, settings: DEFAULTS };

test("the server gets only what belongs to the way of drawing", () => {
  expect(toSpec({ ...request, settings: { ...DEFAULTS, kind: "greedy", stop: "END\n\n" } })).toEqual({
    model: { kind: "pretrained", source: "abc@60" },
    prompt: "it's",
    raw: false,
    generation: {
      max_new_tokens: 128,
      sampling: { kind: "greedy" },
      repetition_penalty: 1,
      stop: ["END"],
    },
  });
  const { generation } = toSpec({ ...request, settings: { ...DEFAULTS, temperature: null } });
  expect((generation as { sampling: unknown }).sampling).toMatchObject({ kind: "random", temperature: 0.8 });
});

test("quotes survive every shell", () => {
  expect(asCli({ ...request, raw: true })).toContain("--prompt 'it'\\''s'");
  expect(asCli({ ...request, raw: true })).toContain("--raw");
  expect(asCurl(request, "http://studio")).toContain("http://studio/api/generate");
  expect(asPython(request)).toContain('tokenloom.load("abc@60")');
});
