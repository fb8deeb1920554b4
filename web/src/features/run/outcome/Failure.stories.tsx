import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeRun } from "../../../testing/run.ts";
import { Failure } from "./Failure.tsx";

const error = {
  code: "resource",
  message: "Step 941 does not fit into memory, not even row by row.",
  hint: "Take shorter rows (data.render.max_sequence_length), or an adapter (tuning.kind=lora).",
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
    forkAt: null as number | null,
    onFork: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/checkpoint of step 800 is safe/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Start again from the last checkpoint" }));
    await expect(args.onAgain).toHaveBeenCalled();
  },
});

/** The same settings would end the same way: the first button opens them. */
export const NotFinite = meta.story({
  args: {
    forkAt: 600,
    run: fakeRun({
      state: "failed",
      error: {
        code: "not_finite",
        message:
          "The run cannot go on: each of the steps 936 to 940 had to be skipped (the loss or the gradient is not a finite number), also after going back 2 times.",
        hint: "Fork it from a checkpoint at which the loss was still good, with a lower optimizer.learning_rate (3 now), or without the rows that the notes name (data.render.leave_out).",
      },
    }),
  },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.queryByRole("button", { name: /Start again/ })).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Fork from step 600 with other settings" }));
    await expect(args.onFork).toHaveBeenCalled();
  },
});

export const Interrupted = meta.story({
  args: { run: fakeRun({ state: "interrupted", reason: "ended by SIGTERM" }) },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.queryByRole("alert")).toBeNull();
    await expect(
      canvas.getByText("Interrupted: ended by SIGTERM. The checkpoint of step 800 is safe."),
    ).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Resume" }));
    await expect(args.onAgain).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Failure {...args} lastSaved={null} isStarting />
      <Failure {...args} run={fakeRun({ state: "failed", task: "import", step: null })} isTraining={false} />
    </div>
  ),
});
