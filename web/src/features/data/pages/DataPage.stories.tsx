import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import {
  FAKE_DATASETS,
  FAKE_PREVIEW,
  FAKE_SCHEMA,
  FAKE_TOKENIZER,
  page,
  problem,
} from "../../../testing/data.ts";
import { DataPage } from "./DataPage.tsx";

const meta = preview.meta({
  title: "Pages/Data",
  component: DataPage,
  parameters: { layout: "fullscreen" },
  args: { search: {}, onSearch: fn(), onGo: fn() },
  render: function Render(args) {
    const [search, setSearch] = useState<Record<string, string | undefined>>(args.search);
    const known = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return (
      <DataPage
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
    localStorage.clear();
    msw.use(
      http.get("*/api/datasets", () => HttpResponse.json(page(FAKE_DATASETS))),
      http.get("*/api/uploads", () => HttpResponse.json(page([]))),
      http.get("*/api/tokenizers", () => HttpResponse.json(page([FAKE_TOKENIZER]))),
      http.post("*/api/tokenizers/:name/preview", () => HttpResponse.json(FAKE_PREVIEW)),
      http.get("*/api/schema/recipe", () => HttpResponse.json(FAKE_SCHEMA)),
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(await canvas.findByRole("link", { name: "faq" })).toBeVisible();
    await expect(canvas.getByText("8,140 rows in 2 datasets")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Delete stories@1" }));
    await expect(canvas.queryByRole("link", { name: "stories" })).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Import data" }));
    await expect(args.onSearch).toHaveBeenCalledWith({ import: "open" });
    await screen.findByRole("dialog", { name: "Import data" });
    await userEvent.click(await screen.findByRole("radio", { name: "Elsewhere" }));
    await userEvent.click(await screen.findByRole("button", { name: /Source/ }));
    await userEvent.click(await screen.findByRole("option", { name: /FLOWROLL/ }));
    await expect(await screen.findByRole("textbox", { name: /Tasks/ })).toHaveValue("24,000");
  },
});

export const Tokenizers = meta.story({
  args: { search: { tab: "tokenizers" } },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(await canvas.findByRole("textbox", { name: "Text" }), "Where is shelf 7?");
    await expect(await canvas.findByRole("group", { name: "Tokens of the text" })).toHaveTextContent("shelf");
  },
});

export const Empty = meta.story({
  beforeEach: ({ msw }) => msw.use(http.get("*/api/datasets", () => HttpResponse.json(page([])))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No datasets yet")).toBeVisible();
  },
});

export const Failed = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/datasets", () =>
        HttpResponse.json(problem(500, "The workspace cannot be read.", "Check its folder."), {
          status: 500,
          headers: { "content-type": "application/problem+json" },
        }),
      ),
    ),
  play: async ({ canvas }) => {
    const alert = await canvas.findByRole("alert");
    await expect(alert).toHaveTextContent("The workspace cannot be read.");
    await expect(alert).toHaveTextContent("Check its folder.");
  },
});
