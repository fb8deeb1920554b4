import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { TaskResult } from "./TaskResult.tsx";

const meta = preview.meta({
  title: "Features/Run/TaskResult",
  component: TaskResult,
  args: {
    run: "1m8eval",
    task: "evaluate",
    result: {
      kind: "evaluation",
      model: "a@60",
      rows: 8,
      metrics: { loss: 3.8215, exact_match: 0 },
    } as Record<string, unknown> | null,
    isLive: false,
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("3.821")).toBeVisible();
    await expect(canvas.getByRole("link", { name: "Open the evaluation" })).toHaveAttribute(
      "href",
      "/evaluate/1m8eval",
    );
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <TaskResult {...args} result={null} isLive />
      <TaskResult {...args} task="generate" result={{ text: "Once upon a time", tokens: 4 }} />
    </div>
  ),
});
