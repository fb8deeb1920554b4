import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { ColumnChooser } from "./ColumnChooser.tsx";

const meta = preview.meta({
  title: "Features/Runs/ColumnChooser",
  component: ColumnChooser,
  args: {
    chosen: ["state", "metrics.val/loss"],
    metrics: ["train/loss", "val/loss", "val/perplexity"],
    params: ["optimizer.learning_rate", "seed"],
    onChange: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Columns" }));
    await userEvent.type(await screen.findByRole("searchbox", { name: "Search columns" }), "perpl");
    await userEvent.click(screen.getByRole("checkbox", { name: "val/perplexity" }));
    await expect(args.onChange).toHaveBeenCalledWith(["state", "metrics.val/loss", "metrics.val/perplexity"]);
  },
});
