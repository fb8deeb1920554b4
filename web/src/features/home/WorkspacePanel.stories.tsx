import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { Machine } from "../../data/system.ts";
import { recorded } from "../../testing/recorded.ts";
import { WorkspacePanel } from "./WorkspacePanel.tsx";

const meta = preview.meta({
  title: "Features/Home/WorkspacePanel",
  component: WorkspacePanel,
  args: { machine: recorded<Machine>("machine"), price: { per_hour: 0.4, currency: "EUR" }, models: 3 },
  argTypes: { machine: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("2 CPU cores")).toBeVisible();
    await expect(canvas.getByText("0.4 EUR an hour")).toBeVisible();
  },
});

export const NoPrice = meta.story({
  args: { price: { per_hour: null, currency: "EUR" } },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "Set a price" })).toHaveAttribute("href", "/compute");
  },
});

export const WithGpu = meta.story({
  args: {
    machine: {
      ...recorded<Machine>("machine"),
      gpus: [{ index: 0, name: "NVIDIA H100", memory_bytes: 8e10 }],
    },
  },
});

export const Loading = meta.story({ args: { machine: null } });
