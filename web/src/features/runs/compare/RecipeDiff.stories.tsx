import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Run } from "../../../data/runs.ts";
import { recorded } from "../../../testing/recorded.ts";
import { RecipeDiff } from "./RecipeDiff.tsx";

const runs = ["base-run", "slower-run"].map((name) => recorded<Run>(name));

const meta = preview.meta({
  title: "Features/Compare/RecipeDiff",
  component: RecipeDiff,
  args: { runs, isWhole: false, onWhole: fn() },
  argTypes: { runs: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("One field differs")).toBeVisible();
    await expect(canvas.getByText("optimizer.learning_rate")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Show" }));
    await expect(args.onWhole).toHaveBeenCalledWith(true);
  },
});

export const Whole = meta.story({
  args: { isWhole: true },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("seed")).toBeVisible();
  },
});

export const Equal = meta.story({
  args: { runs: [runs[0] as Run, runs[0] as Run].map((run, index) => ({ ...run, id: `${run.id}${index}` })) },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The recipes are equal")).toBeVisible();
  },
});
