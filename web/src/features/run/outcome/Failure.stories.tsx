import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeRun } from "../../../testing/run.ts";
import { Failure } from "./Failure.tsx";

const error = {
  code: "not_finite",
  message: "Loss or gradient was not finite in 5 steps in a row (last step 940).",
  hint: "Lower optimizer.learning_rate, or look at the rows named in the run's notes.",
};

const meta = preview.meta({
  title: "Features/Run/Failure",
  component: Failure,
  args: {
    run: fakeRun({ state: "failed", error }),
    lastSaved: 800 as number | null,
    isTraining: true,
    isStarting: false,
    onAgain: fn(),
    onRecipe: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/checkpoint of step 800 is safe/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Start again from the last checkpoint" }));
    await expect(args.onAgain).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Failure {...args} lastSaved={null} isStarting />
      <Failure {...args} run={fakeRun({ state: "interrupted", reason: "the machine was restarted" })} />
      <Failure {...args} run={fakeRun({ state: "failed", task: "import", step: null })} isTraining={false} />
    </div>
  ),
});
