import { expect, test } from "vitest";
import { FAKE_STEP_SCHEMA } from "../../../../testing/refining.ts";
import {
  catalogueOf,
  commandOf,
  inOrder,
  newStep,
  problemsAt,
  specsOf,
  summaryOf,
  yamlOf,
} from "./drafts.ts";

const STEPS = [
  { id: "1", kind: "html", settings: {} },
  { id: "2", kind: "length", settings: { min_characters: 20 } },
  { id: "3", kind: "pattern", settings: { pattern: "it's (a|b), c", action: "keep" } },
];

test("the catalogue is what the server's schema lists, with one line each", () => {
  const kinds = catalogueOf(FAKE_STEP_SCHEMA);
  expect(kinds.map(({ kind }) => kind)).toEqual([
    "html",
    "length",
    "quality",
    "redact",
    "whitespace",
    "duplicates",
    "strange",
  ]);
  expect(kinds[0]).toMatchObject({ label: "HTML", definition: "HtmlStep", group: "texts" });
  expect(kinds[0]?.help).toBe("Take HTML away: tags go");
  expect(kinds.at(-1)?.group).toBe("more");
});

test("a new step has an id of its own and what it must be told", () => {
  expect(newStep("length", STEPS)).toEqual({ id: "4", kind: "length", settings: { min_characters: 20 } });
  expect(newStep("html", [])).toEqual({ id: "1", kind: "html", settings: {} });
});

test("the list in another order and as the server takes it", () => {
  expect(inOrder(STEPS, ["3", "1", "2"]).map(({ id }) => id)).toEqual(["3", "1", "2"]);
  expect(specsOf(STEPS)[1]).toEqual({ kind: "length", min_characters: 20 });
});

test("a summary is short", () => {
  const step = {
    id: "1",
    kind: "x",
    settings: { min_words: 2, keep: ["a", "b", "c", "d", "e"], split: { kind: "count" } },
  };
  expect(summaryOf(step)).toBe("min words 2, keep a, b, c, d …, split count");
});

test("a command that a shell reads back", () => {
  expect(commandOf("faq@1", STEPS, "tidy")).toBe(
    [
      "tokenloom data refine faq@1 \\",
      "  --step html \\",
      "  --step length:min_characters=20 \\",
      `  --step 'pattern:pattern="it'"'"'s (a|b), c",action="keep"' \\`,
      "  --into tidy",
    ].join("\n"),
  );
});

test("the same as YAML", () => {
  expect(yamlOf("faq@1", STEPS.slice(0, 2), "")).toBe(
    'task: refine\ndataset: "faq@1"\nsteps:\n  - kind: html\n  - kind: length\n    min_characters: 20\n',
  );
});

test("problems find their step", () => {
  const problems = [{ field: "steps.1.min_characters" }, { field: "steps.10.x" }, { field: "steps.1" }];
  expect(problemsAt(problems, 1)).toEqual([{ field: "min_characters" }, { field: "" }]);
});
