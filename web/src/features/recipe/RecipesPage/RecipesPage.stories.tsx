import { HttpResponse, http } from "msw";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { recipeHandlers } from "../../../testing/recipe.ts";
import { RecipesPage } from "./RecipesPage.tsx";

const go = fn();
const meta = preview.meta({
  title: "Pages/Recipes",
  component: RecipesPage,
  parameters: { layout: "fullscreen" },
  args: { search: {}, onSearch: fn(), onGo: go },
  beforeEach: ({ msw }) => {
    localStorage.clear();
    msw.use(...recipeHandlers());
  },
});

export const Failed = meta.story({
  beforeEach: ({ msw }) => {
    msw.use(
      http.get("*/api/recipes", () =>
        HttpResponse.json(
          {
            type: "about:blank",
            title: "Error",
            status: 500,
            detail: "The presets are gone.",
            code: "x",
            hint: "Install again.",
            errors: [],
            details: {},
            request_id: "",
          },
          { status: 500, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    );
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The presets are gone.")).toBeVisible();
  },
});

// Last, because a pending button leaves its announcement in the document for some seconds.
export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(await canvas.findByRole("link", { name: /tiny-lora/ })).toBeVisible();
    await userEvent.type(canvas.getByRole("searchbox", { name: "Search presets" }), "124m");
    await expect(canvas.queryByRole("link", { name: /tiny-lora/ })).toBeNull();
    await waitFor(() => expect(args.onSearch).toHaveBeenCalledWith({ find: "124m" }));
    await userEvent.type(canvas.getByRole("textbox", { name: "Or paste it" }), "task: pretrain");
    await userEvent.click(canvas.getByRole("button", { name: "Open as recipe" }));
    await waitFor(() => expect(go).toHaveBeenCalledWith(expect.stringMatching(/^\/recipes\/edit\?draft=/)));
  },
});
