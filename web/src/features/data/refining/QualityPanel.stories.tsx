import { useState } from "react";
import { expect, fireEvent, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_PREVIEW, fakeStep } from "../../../testing/refining.ts";
import { QualityPanel } from "./QualityPanel.tsx";

const report = FAKE_PREVIEW.steps[2] ?? fakeStep("quality");

const meta = preview.meta({
  title: "Features/Data/QualityPanel",
  component: QualityPanel,
  args: { report, threshold: 0.3, onThreshold: fn() },
  render: function Render(args) {
    const [threshold, setThreshold] = useState(args.threshold);
    return (
      <QualityPanel
        {...args}
        threshold={threshold}
        onThreshold={(next) => {
          setThreshold(next);
          args.onThreshold(next);
        }}
      />
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText("poorest on average: length")).toBeVisible();
    await expect(canvas.getByText("11 % of the sample would go")).toBeVisible();
    await fireEvent.change(canvas.getByRole("slider", { name: "Drop below" }), { target: { value: "0.5" } });
    await expect(args.onThreshold).toHaveBeenLastCalledWith(0.5);
    await expect(canvas.getByText("16 % of the sample would go")).toBeVisible();
  },
});

export const NoThreshold = meta.story({
  args: { threshold: 0 },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("0 % of the sample would go")).toBeVisible();
  },
});

export const NothingScored = meta.story({
  args: { report: fakeStep("quality", { facts: { histogram: new Array(20).fill(0) } }) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing counted yet")).toBeVisible();
  },
});

export const WithoutItsModel = meta.story({
  args: {
    report: {
      ...report,
      facts: { ...report.facts, note: "The perplexity is measured when the version is made." },
    },
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/perplexity is measured/)).toBeVisible();
  },
});
