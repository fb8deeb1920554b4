import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { KeyValue } from "./KeyValue.tsx";

const meta = preview.meta({
  title: "Parts/KeyValue",
  component: KeyValue,
  args: {
    name: "Workspace",
    rows: [
      { label: "Machine", value: "1 GPU, 16 GB, bf16" },
      { label: "Free memory", value: "6.2 GB", exact: "6,203,494,400 bytes" },
      { label: "Estimates", value: "within 8 % on this machine" },
    ],
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("term")).toHaveLength(3);
    await expect(canvas.getByText("6.2 GB")).toHaveAttribute("title", "6,203,494,400 bytes");
  },
});

export const Stress = meta.story({
  args: { rows: [{ label: "Path", value: `a/${"very-long-folder/".repeat(14)}file.jsonl` }] },
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getByText(/file.jsonl/)).toBeVisible();
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});
