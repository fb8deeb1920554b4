import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { drawnSchedule } from "../../../testing/recipe.ts";
import { SchedulePreview } from "./SchedulePreview.tsx";

const meta = preview.meta({
  title: "Features/Recipe/SchedulePreview",
  component: SchedulePreview,
  beforeEach: ({ msw }) => msw.use(drawnSchedule),
  args: {
    spec: { optimizer: { learning_rate: 2e-3 }, schedule: { kind: "cosine", warmup_steps: 40 } },
    steps: 400,
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Learning rate over the run")).toBeVisible();
    await expect(await canvas.findByRole("figure", {}, { timeout: 5000 })).toBeVisible();
  },
});

export const UnknownLength = meta.story({
  args: { steps: null },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/drawn for 1,000 steps/)).toBeVisible();
    await expect(await canvas.findByRole("figure", {}, { timeout: 5000 })).toBeVisible();
  },
});
