import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { page, problem } from "../../testing/data.ts";
import {
  FAKE_AFTER,
  FAKE_ANSWERS,
  FAKE_ANSWERS_BEFORE,
  FAKE_BEFORE,
  FAKE_MODELS,
  FAKE_TABLES,
  fakeEvaluation,
} from "../../testing/evaluate.ts";
import { EvaluationPage } from "./EvaluationPage.tsx";

const meta = preview.meta({
  title: "Pages/Evaluation",
  component: EvaluationPage,
  parameters: { layout: "fullscreen" },
  args: { evaluation: "eval-after", search: {}, onSearch: fn(), onGo: fn() },
  render: function Render(args) {
    const [search, setSearch] = useState<Record<string, string | undefined>>(args.search);
    const known = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return (
      <EvaluationPage
        {...args}
        search={Object.fromEntries(known)}
        onSearch={(changes) => {
          setSearch((old) => ({ ...old, ...changes }));
          args.onSearch(changes);
        }}
      />
    );
  },
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/evaluations", () => HttpResponse.json(page([FAKE_AFTER, FAKE_BEFORE]))),
      http.get("*/api/evaluations/:id", ({ params }) =>
        HttpResponse.json(params.id === "eval-before" ? FAKE_BEFORE : { ...FAKE_AFTER, tables: FAKE_TABLES }),
      ),
      http.get("*/api/evaluations/:id/rows", ({ params }) =>
        HttpResponse.json(page(params.id === "eval-before" ? FAKE_ANSWERS_BEFORE : FAKE_ANSWERS)),
      ),
      http.get("*/api/models", () => HttpResponse.json(page(FAKE_MODELS))),
      http.get("*/api/runs/:id/spec", () =>
        HttpResponse.json({ metrics: [{ kind: "exact_match" }], generation: { max_new_tokens: 16 } }),
      ),
    ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(
      await canvas.findByRole("heading", { level: 1, name: "faq answers on faq@1" }),
    ).toBeVisible();
    await expect(await canvas.findByRole("grid", { name: "Levels" })).toBeVisible();
    await userEvent.click(await canvas.findByRole("radio", { name: "Wrong 2" }));
    await expect(await canvas.findByText("2 of 4")).toBeVisible();
    await userEvent.type(canvas.getByRole("searchbox", { name: "Search answers" }), "left left");
    await expect(await canvas.findByText("1 of 4")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Evaluate again" }));
    await expect(args.onGo).toHaveBeenCalledWith(
      "/evaluate?model=run-after%4060&dataset=faq%401&split=test&metrics=exact_match&tokens=16",
    );
  },
});

export const Compared = meta.story({
  args: { search: { other: "eval-before" } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("fixed")).toBeVisible();
    await expect(canvas.getByText("broken")).toBeVisible();
    await expect(canvas.getAllByText("Before: first model")).toHaveLength(4);
    await expect(canvas.getByText("−2.58")).toBeVisible();
  },
});

export const Failed = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/evaluations/:id", () =>
        HttpResponse.json(fakeEvaluation({ state: "failed", metrics: {}, rows: 0 })),
      ),
      http.get("*/api/runs/:id", () =>
        HttpResponse.json({
          id: "eval-after",
          state: "failed",
          reason: "",
          error: { message: "The split “test” of faq is empty.", hint: "Choose another split." },
        }),
      ),
    ),
  play: async ({ canvas }) => {
    const alert = await canvas.findByRole("alert");
    await waitFor(() => expect(alert).toHaveTextContent("The split “test” of faq is empty."));
  },
});

export const Missing = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/evaluations/:id", () =>
        HttpResponse.json(problem(404, "There is no evaluation “eval-after”.", "List them."), {
          status: 404,
          headers: { "content-type": "application/problem+json" },
        }),
      ),
    ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("There is no evaluation");
  },
});
