import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { emptyView, fakeView } from "../../../testing/run.ts";
import { Stats } from "./Stats.tsx";

const meta = preview.meta({
  title: "Features/Run/Stats",
  component: Stats,
  args: {
    view: fakeView(),
    step: 940,
    total: 1200,
    busy: 3420,
    left: 280,
    price: { per_hour: 0.4, currency: "EUR" },
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("€0.38")).toBeVisible();
    await expect(canvas.getByText("about €0.41 in all")).toBeVisible();
    await expect(canvas.getByText("changed at step 900")).toBeVisible();
    await expect(canvas.getByText("best so far")).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Stats {...args} view={emptyView()} step={0} busy={0} left={null} price={null} />
      <Stats {...args} price={null} />
      <Stats {...args} left={null} />
    </div>
  ),
});
