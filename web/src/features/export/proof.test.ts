import { expect, test } from "vitest";
import { checksOf, loadSnippet, proofOf } from "./proof.ts";

const proof = {
  prompts: 3,
  max_logit_difference: 0.01,
  allowed_logit_difference: 0.001,
  same_greedy_text: 2,
  same_token_ids: 3,
  same_rendered_prompts: 0,
  rendered_prompts: 0,
  passed: false,
  problems: ["logits differ"],
};

test("each check is judged by its own limit; without a template there is no such check", () => {
  expect(checksOf(proof).map((check) => [check.id, check.passed])).toEqual([
    ["logits", false],
    ["greedy", false],
    ["ids", true],
  ]);
  expect(checksOf({ ...proof, rendered_prompts: 3, same_rendered_prompts: 3 })).toHaveLength(4);
});

test("an export without a proof has no seal", () => {
  expect(proofOf({})).toBeNull();
  expect(proofOf({ ...proof })).toMatchObject({ passed: false });
  expect(loadSnippet("/a b", true)).toContain('folder = "/a b"');
});
