import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Gauge } from "./Gauge.tsx";

const args = {
  value: 9.8,
  max: 16,
  title: "GPU memory",
  words: "9.8 of 16 GB",
  limit: 14,
  limitLabel: "14 GB, safe here",
};

const meta = preview.meta({ title: "Charts/Gauge", component: Gauge, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const meter = canvas.getByRole("meter", { name: "GPU memory" });
    await expect(meter).toHaveAttribute("aria-valuetext", "9.8 of 16 GB, below 14 GB, safe here");
    await userEvent.tab();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid max-w-80 gap-6">
      {(["bar", "arc"] as const).flatMap((shape) =>
        [0, 9.8, 15].map((value) => (
          <Gauge key={shape + value} {...args} shape={shape} value={value} words={`${value} of 16 GB`} />
        )),
      )}
    </div>
  ),
});
