import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import {
  FAKE_BAD,
  FAKE_DATASETS,
  FAKE_DETAIL,
  FAKE_REPORT,
  FAKE_STATS,
  FAKE_TOKENIZER,
  fakeRendered,
  fakeRows,
  page,
  problem,
} from "../../../testing/data.ts";
import { FAKE_COLUMNS, fakeCorpus, fakeMap, fakeValidation } from "../../../testing/inspection.ts";
import { DatasetPage } from "./DatasetPage.tsx";

const rows = http.get("*/api/datasets/:name/rows", ({ request }) => {
  const query = new URL(request.url).searchParams;
  const offset = Number(query.get("cursor") || 0);
  const limit = Number(query.get("limit"));
  const row = /^_row=(\d+)$/.exec(query.get("filter") ?? "")?.[1];
  if (row) return HttpResponse.json(page(fakeRows(Number(row) - 1, 1)));
  if (query.get("search")) {
    return HttpResponse.json({ ...page(fakeRows(3, 2), "", 2), found: 2, scanned: 122, complete: true });
  }
  const first = query.get("descending") === "true" ? 122 - limit - offset : offset;
  return HttpResponse.json(page(fakeRows(Math.max(0, first), Math.min(limit, 122 - offset)), "", 122));
});

const meta = preview.meta({
  title: "Pages/Dataset",
  component: DatasetPage,
  parameters: { layout: "fullscreen" },
  args: { dataset: "faq@1", search: {}, onSearch: fn(), onGo: fn() },
  render: function Render(args) {
    const [search, setSearch] = useState<Record<string, string | undefined>>(args.search);
    const known = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return (
      <DatasetPage
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
      http.get("*/api/datasets", () => HttpResponse.json(page(FAKE_DATASETS))),
      http.get("*/api/tokenizers", () => HttpResponse.json(page([FAKE_TOKENIZER]))),
      http.get("*/api/datasets/:name", () => HttpResponse.json(FAKE_DETAIL)),
      http.get("*/api/datasets/:name/report", () => HttpResponse.json(FAKE_REPORT)),
      http.get("*/api/datasets/:name/stats", () => HttpResponse.json(FAKE_STATS)),
      http.get("*/api/datasets/:name/validation", () => HttpResponse.json(fakeValidation())),
      http.get("*/api/datasets/:name/corpus", () => HttpResponse.json(fakeCorpus())),
      http.get("*/api/datasets/:name/map", () => HttpResponse.json(fakeMap())),
      http.get("*/api/datasets/:name/columns", () => HttpResponse.json(page(FAKE_COLUMNS))),
      http.get("*/api/datasets/:name/quarantine", () => HttpResponse.json(page(FAKE_BAD))),
      http.get("*/api/datasets/:name/rendered", ({ request }) =>
        HttpResponse.json(fakeRendered(Number(new URL(request.url).searchParams.get("row")))),
      ),
      rows,
    ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: "faq" })).toBeVisible();
    await expect(await canvas.findByText("5 rows are set aside")).toBeVisible();
    await expect(await canvas.findByRole("heading", { name: "Row 1 as the model reads it" })).toBeVisible();
    await userEvent.click(await canvas.findByText("Where is shelf 3?", { selector: "td *" }));
    await expect(await canvas.findByRole("heading", { name: "Row 3 as the model reads it" })).toBeVisible();
    await userEvent.click(await canvas.findByRole("button", { name: "Next row" }));
    await expect(await canvas.findByRole("heading", { name: "Row 4 as the model reads it" })).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Use in a recipe" }));
    await expect(args.onGo).toHaveBeenCalledWith("/recipes/edit?dataset=faq%401");
  },
});

export const Rows = meta.story({
  args: { search: { tab: "rows" } },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(await canvas.findByRole("searchbox", { name: "Search all columns" }), "shelf");
    await expect(await canvas.findByText("2 rows fit", {}, { timeout: 8000 })).toBeVisible();
    await userEvent.click(await canvas.findByText("Where is shelf 4?"));
    await screen.findByRole("dialog", { name: /Row 4/ });
  },
});

export const Sorted = meta.story({
  args: { search: { tab: "rows" } },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Question" }));
    await expect(args.onSearch).toHaveBeenLastCalledWith({ sort: "Question" });
    await userEvent.click(canvas.getByRole("button", { name: "Question" }));
    await expect(args.onSearch).toHaveBeenLastCalledWith({ sort: "-Question" });
    await expect(canvas.getByRole("columnheader", { name: "Question" })).toHaveAttribute(
      "aria-sort",
      "descending",
    );
  },
});

export const Health = meta.story({
  args: { search: { tab: "health" } },
  beforeEach: ({ msw }) =>
    msw.use(
      http.post("*/api/datasets/:name/refine", () =>
        HttpResponse.json(problem(409, "The workspace is full.", "Free some space."), {
          status: 409,
          headers: { "content-type": "application/problem+json" },
        }),
      ),
    ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Fix it: Rows that repeat another" }));
    await expect(await canvas.findByText("The workspace is full.")).toBeVisible();
  },
});

export const Statistics = meta.story({
  args: { search: { tab: "statistics" } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("every row counted")).toBeVisible();
  },
});

export const SetAside = meta.story({
  args: { search: { tab: "quarantine" } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("it has 2 fields instead of 5")).toBeVisible();
  },
});

export const Missing = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/datasets/:name", () =>
        HttpResponse.json(problem(404, "There is no dataset “faq@1”.", "GET /api/datasets lists them."), {
          status: 404,
          headers: { "content-type": "application/problem+json" },
        }),
      ),
    ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("There is no dataset “faq@1”.");
  },
});
