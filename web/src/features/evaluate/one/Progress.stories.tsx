import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { Progress } from "./RunProgress.tsx";

const meta = preview.meta({
  title: "Features/Evaluate/Progress",
  component: Progress,
  args: {
    name: "faq answers",
    state: "running",
    progress: { phase: "answers", done: 120, total: 400, unit: "answers" },
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("progressbar", { name: "Progress of faq answers" })).toBeVisible();
    await expect(canvas.getByText("120 of 400 answers")).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Progress {...args} state="queued" progress={null} />
      <Progress {...args} progress={null} />
      <Progress {...args} progress={{ phase: "tokens", done: 1200, total: null, unit: "rows" }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("It waits for its turn.")).toBeVisible();
    await expect(canvas.getByText("Loading the model.")).toBeVisible();
  },
});
