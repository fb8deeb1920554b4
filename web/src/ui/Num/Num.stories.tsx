import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Num } from "./Num.tsx";

const meta = preview.meta({
  title: "Parts/Num",
  component: Num,
  args: { value: 240_118.4, as: "short" as const, unit: "tok/s" },
  argTypes: {
    as: {
      control: "select",
      options: ["value", "count", "short", "percent", "bytes", "duration", "rate", "delta"],
    },
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("240k tok/s")).toHaveAttribute("title", "240118.4");
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid w-max gap-1 rounded-panel bg-surface p-4 text-right">
      <Num value={1.9178} />
      <Num value={319_208} as="count" />
      <Num value={0.018} as="percent" />
      <Num value={9.8e9} as="bytes" />
      <Num value={280} as="duration" />
      <Num value={1.1e-4} as="rate" />
      <Num value={-0.026} as="delta" better="lower" />
      <Num value={0.073} as="delta" better="lower" />
      <Num value={null} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("−0.026")).toHaveClass("text-positive");
    await expect(canvas.getByText("+0.073")).toHaveClass("text-danger");
    await expect(canvas.getByText("—")).toBeVisible();
  },
});
