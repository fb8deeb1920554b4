import { useState } from "react";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { recipeHandlers } from "../../../testing/recipe.ts";
import { readDrafts } from "../pure/drafts.ts";
import { RecipePage, type RecipePageProps } from "./RecipePage.tsx";

const go = fn();

/** Holds the address as the router does. */
function Addressed(props: RecipePageProps) {
  const [search, setSearch] = useState(props.search);
  const change = (changes: Record<string, string | undefined>) => {
    const next = Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined);
    setSearch(Object.fromEntries(next) as Record<string, string>);
  };
  return <RecipePage {...props} search={search} onSearch={change} />;
}

const meta = preview.meta({
  title: "Pages/Recipe",
  component: RecipePage,
  parameters: { layout: "fullscreen" },
  args: { search: { preset: "cpu/tiny-lora" }, onSearch: fn(), onGo: go } as RecipePageProps,
  render: (args) => <Addressed {...args} />,
  beforeEach: ({ msw }) => {
    localStorage.clear();
    go.mockClear();
    msw.use(...recipeHandlers());
  },
});

export const NothingHere = meta.story({
  beforeEach: ({ msw }) => {
    msw.use(...recipeHandlers({ isEmpty: true }));
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Import data" }, { timeout: 5000 })).toBeVisible();
    await expect(canvas.getByRole("button", { name: "Start training" })).toBeDisabled();
  },
});

export const LostDraft = meta.story({
  args: { search: { draft: "gone" } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("This draft is not in this browser.")).toBeVisible();
  },
});

// Last, because a pending button leaves its announcement in the document for some seconds.
export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const rank = await canvas.findByRole("textbox", { name: "Rank" }, { timeout: 5000 });
    await expect(canvas.getByRole("link", { name: "faq" })).toBeVisible();
    await userEvent.clear(rank);
    await userEvent.type(rank, "5000");
    const start = canvas.getByRole("button", { name: "Start training" });
    await waitFor(() => expect(start).toBeDisabled(), { timeout: 3000 });
    await expect(canvas.getByText("saved as draft")).toBeVisible();
    await expect(readDrafts(localStorage)[0]?.spec).toMatchObject({ tuning: { rank: 5000 } });
    await userEvent.click(canvas.getByRole("button", { name: "Use 1,024" }));
    await waitFor(() => expect(start).toBeEnabled(), { timeout: 3000 });
    await userEvent.click(canvas.getByRole("radio", { name: /Fast/ }));
    await expect(canvas.getByRole("textbox", { name: "Passes over the data" })).toHaveValue("0.75");
    await userEvent.click(canvas.getByRole("button", { name: "Undo" }));
    await expect(canvas.getByRole("textbox", { name: "Passes over the data" })).toHaveValue("3");
    await userEvent.click(start);
    await waitFor(() => expect(go).toHaveBeenCalledWith("/runs/1m8a59gwmztawytz"));
    await expect(readDrafts(localStorage)[0]?.run).toBe("1m8a59gwmztawytz");
  },
});
