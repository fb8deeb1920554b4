import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { FAKE_DATASETS, FAKE_SCHEMA, page } from "../../testing/data.ts";
import { FAKE_AFTER, FAKE_BEFORE, FAKE_MODELS } from "../../testing/evaluate.ts";
import { EvaluationsPage } from "./EvaluationsPage.tsx";

const started = fn();

const meta = preview.meta({
  title: "Pages/Evaluate",
  component: EvaluationsPage,
  parameters: { layout: "fullscreen" },
  args: { search: {}, onSearch: fn(), onGo: fn() },
  render: function Render(args) {
    const [search, setSearch] = useState<Record<string, string | undefined>>(args.search);
    const known = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return (
      <EvaluationsPage
        {...args}
        search={Object.fromEntries(known)}
        onSearch={(changes) => {
          setSearch((old) => ({ ...old, ...changes }));
          args.onSearch(changes);
        }}
      />
    );
  },
  beforeEach: ({ msw }) => {
    started.mockClear();
    msw.use(
      http.get("*/api/evaluations", () => HttpResponse.json(page([FAKE_AFTER, FAKE_BEFORE]))),
      http.post("*/api/evaluations", async ({ request }) => {
        started(await request.json());
        return HttpResponse.json({ id: "eval-new", state: "queued" }, { status: 201 });
      }),
      http.get("*/api/models", () => HttpResponse.json(page(FAKE_MODELS))),
      http.get("*/api/datasets", () => HttpResponse.json(page(FAKE_DATASETS))),
      http.get("*/api/schema/recipe", () => HttpResponse.json(FAKE_SCHEMA)),
      http.get("*/api/runs/:id/spec", () => HttpResponse.json({ data: { dataset: "faq" } })),
      http.get("*/api/runs", () =>
        HttpResponse.json(page([{ id: "run-after", params: { "model.source": "run-before" } }])),
      ),
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(
      await canvas.findByRole("link", { name: /Before and after: first model → faq answers/ }),
    ).toBeVisible();
    await expect(canvas.getByRole("button", { name: "Compare" })).toBeDisabled();
    await userEvent.click(canvas.getByRole("checkbox", { name: /first model/ }));
    await userEvent.click(canvas.getByRole("checkbox", { name: /faq answers/ }));
    await userEvent.click(canvas.getByRole("button", { name: "Compare" }));
    await expect(args.onGo).toHaveBeenCalledWith("/evaluate/eval-after?other=eval-before");
  },
});

export const Start = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const button = await canvas.findByRole("button", { name: "Evaluate" });
    await userEvent.click(canvas.getByRole("checkbox", { name: "ROUGE-L" }));
    await userEvent.click(button);
    await waitFor(() => expect(started).toHaveBeenCalledTimes(1));
    await expect(started.mock.calls[0]?.[0]).toMatchObject({
      model: { kind: "pretrained", source: "run-after@60" },
      data: { dataset: "faq@2", split: "test", max_rows: null },
      metrics: [{ kind: "language" }, { kind: "exact_match" }],
    });
    await waitFor(() => expect(args.onGo).toHaveBeenCalledWith("/evaluate/eval-new"));
  },
});

export const Empty = meta.story({
  beforeEach: ({ msw }) => msw.use(http.get("*/api/evaluations", () => HttpResponse.json(page([])))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing was measured yet")).toBeVisible();
  },
});

/** A model is first measured on what it learned from, not on what comes first in the list. */
export const ItsOwnDataset = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(http.get("*/api/runs/:id/spec", () => HttpResponse.json({ data: { dataset: "stories" } }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: /stories@1.*Dataset/ })).toBeVisible();
  },
});
