import { expect, test } from "vitest";
import { checksOf, loadSnippet, proofOf, toldFolder } from "./proof.ts";

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

test("a folder is told by its place in the workspace, elsewhere in full", () => {
  expect(toldFolder("/w/exports/a", "/w")).toBe("exports/a");
  expect(toldFolder("/w/exports/a", "/w/")).toBe("exports/a");
  expect(toldFolder("/wide/out", "/w")).toBe("/wide/out");
  expect(toldFolder("/w/exports/a", "")).toBe("/w/exports/a");
  expect(loadSnippet("exports/a", false)).toContain(
    '# run it in the folder of the workspace\nfolder = "exports/a"',
  );
});
