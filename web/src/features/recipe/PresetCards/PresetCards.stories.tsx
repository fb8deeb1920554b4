import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { presets } from "../../../testing/recipe.ts";
import { PresetCards } from "./PresetCards.tsx";

const meta = preview.meta({
  title: "Features/Recipe/PresetCards",
  component: PresetCards,
  args: { presets, query: "" },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: /tiny-lora/ })).toHaveAttribute(
      "href",
      "/recipes/edit?preset=cpu%2Ftiny-lora",
    );
    await expect(canvas.getByRole("region", { name: "Pretrain on a GPU" })).toBeVisible();
  },
});

export const Found = meta.story({
  args: { query: "pretrain gpu" },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("link")).toHaveLength(1);
  },
});
export const Empty = meta.story({ args: { query: "nothing like this" } });
