import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { saveViews } from "../filters.ts";
import { SavedViews } from "./SavedViews.tsx";

const meta = preview.meta({
  title: "Features/Runs/SavedViews",
  component: SavedViews,
  args: { search: { filter: "tag=best" }, onOpen: fn() },
  beforeEach: () =>
    saveViews([{ name: "The best", search: { filter: "tag=best", sort: "metrics.val/loss" } }]),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Views" }));
    await userEvent.type(await screen.findByRole("textbox", { name: /Save what is shown as/ }), "Mine");
    await userEvent.click(screen.getByRole("button", { name: "Save view" }));
    await expect(screen.getByRole("button", { name: "Mine" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "The best" }));
    await expect(args.onOpen).toHaveBeenCalledWith({ filter: "tag=best", sort: "metrics.val/loss" });
  },
});

export const Empty = meta.story({
  beforeEach: () => saveViews([]),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Views" }));
    await waitFor(() => expect(screen.getByText(/keeps filter, columns and order/)).toBeVisible());
  },
});
