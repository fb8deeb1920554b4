import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { CardPanel } from "./CardPanel.tsx";

const meta = preview.meta({
  title: "Features/Data/CardPanel",
  component: CardPanel,
  args: {
    id: "story",
    words: "",
    markdown:
      "---\npretty_name: faq\n---\n\n# faq, version 1\n\n| split | rows |\n| --- | --- |\n| train | 101 |",
    file: "/api/datasets/faq/card/file",
    onSave: fn(async () => undefined),
  },
  beforeEach: () => localStorage.removeItem("tokenloom.draft.card.story"),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("not described yet")).toBeVisible();
    const keep = canvas.getByRole("button", { name: "Keep these words" });
    await expect(keep).toBeDisabled();
    await userEvent.type(canvas.getByRole("textbox"), "Asked at the desk in 2026.");
    await userEvent.click(keep);
    await expect(args.onSave).toHaveBeenCalledWith("Asked at the desk in 2026.");
    await userEvent.click(canvas.getByRole("button", { name: /The whole card/ }));
    await expect(await canvas.findByText(/pretty_name: faq/)).toBeVisible();
  },
});

export const Described = meta.story({ args: { words: "Asked at the desk in **2026**." } });
