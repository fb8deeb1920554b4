import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Bar } from "./Bar.tsx";

const meta = preview.meta({
  title: "Parts/Bar",
  component: Bar,
  args: { value: 0.92, label: "Quality", warnBelow: 0.5 },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("meter", { name: "Quality" })).toHaveAttribute("aria-valuetext", ".92");
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid w-max gap-2 rounded-panel bg-surface p-4">
      {[0, 0.41, 0.79, 1].map((value) => (
        <Bar key={value} value={value} label={`Quality of ${value}`} warnBelow={0.5} />
      ))}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText(".41")).toHaveClass("text-warning");
    await expect(canvas.getByText("1.00")).toBeVisible();
  },
});
