import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeRun, START } from "../../../testing/run.ts";
import { Progress } from "./Progress.tsx";

const meta = preview.meta({
  title: "Features/Run/Progress",
  component: Progress,
  args: {
    run: fakeRun(),
    epoch: 2.35,
    epochs: 3,
    left: { seconds: 280, low: 260, high: 300 },
    busy: 600,
    now: START,
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("4 min 40 s left")).toBeVisible();
    await expect(canvas.getByText(/4 min 20 s to 5 min/)).toBeVisible();
    await expect(canvas.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "940");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-6">
      <Progress {...args} left={null} />
      <Progress {...args} run={fakeRun({ total_steps: null })} epochs={null} />
      <Progress {...args} run={fakeRun({ state: "completed", step: 1200 })} />
      <Progress {...args} run={fakeRun({ step: 3, total_steps: 9e6 })} epoch={null} />
    </div>
  ),
});
