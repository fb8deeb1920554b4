import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { formatBytes } from "../format.ts";
import { StackBar } from "./StackBar.tsx";

const meta = preview.meta({
  title: "Parts/StackBar",
  component: StackBar,
  args: {
    name: "GPU memory",
    total: 16e9,
    format: formatBytes,
    parts: [
      { label: "Weights", value: 2.4e9 },
      { label: "Optimizer", value: 3.1e9 },
      { label: "Gradients", value: 1.2e9 },
      { label: "Activations", value: 3.1e9 },
    ],
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("img", { name: "GPU memory: 9.8 GB of 16.0 GB" })).toBeVisible();
    await expect(canvas.getByText("6.2 GB free")).toBeVisible();
  },
});

export const TooMuch = meta.story({
  args: { total: 8e9 },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("1.8 GB too much")).toBeVisible();
  },
});
