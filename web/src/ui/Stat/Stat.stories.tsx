import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Stat } from "./Stat.tsx";
import { StatStrip } from "./StatStrip.tsx";

const meta = preview.meta({
  title: "Parts/Stat",
  component: Stat,
  args: {
    label: "Throughput",
    value: "240k",
    unit: "tok/s",
    compare: "92 % of the estimate",
    exact: "240,118.4 tokens a second",
  },
  render: (args) => (
    <StatStrip label="Now">
      <Stat {...args} />
    </StatStrip>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("term")).toHaveTextContent("Throughput");
    await expect(canvas.getByText("240k")).toHaveAttribute("title", "240,118.4 tokens a second");
  },
});

export const Strip = meta.story({
  render: () => (
    <StatStrip label="linen-07 now">
      <Stat
        label="Training loss"
        value="1.842"
        compare={
          <>
            <span className="text-positive">−0.031</span> over 500 steps
          </>
        }
      />
      <Stat label="Validation loss" value="1.918" compare="best at step 9,000" />
      <Stat label="Throughput" value="240k" unit="tok/s" compare="92 % of the estimate" />
      <Stat label="Tokens trained" value="179 M" compare="of 228 M" />
      <Stat label="Cost so far" value="€0.38" compare="about €0.48 in all" />
      <Stat label="Learning rate" value="1.1e-4" compare="lowered at 9,000" />
    </StatStrip>
  ),
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getAllByRole("term")).toHaveLength(6);
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});
