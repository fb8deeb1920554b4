import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_AFTER, FAKE_BEFORE } from "../../../testing/evaluate.ts";
import { MetricStrip } from "./MetricStrip.tsx";

const meta = preview.meta({
  title: "Features/Evaluate/MetricStrip",
  component: MetricStrip,
  args: { metrics: FAKE_AFTER.metrics, before: FAKE_BEFORE.metrics },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("−2.58")).toHaveClass("text-positive");
    await expect(canvas.getByText("+37.5 points")).toBeVisible();
    await expect(canvas.getByText("398")).toBeVisible();
  },
});

export const Alone = meta.story({
  args: { before: undefined },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("15.0 % to 85.0 %")).toBeVisible();
    await expect(canvas.getAllByText("lower is better")).toHaveLength(2);
  },
});
