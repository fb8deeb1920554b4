import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeView } from "../../../testing/run.ts";
import { marksOf, type RunMark } from "../facts/markers.ts";
import { RunFindings } from "./Findings.tsx";

const meta = preview.meta({
  title: "Features/Run/Findings",
  component: RunFindings,
  args: { marks: marksOf(fakeView()), finished: "1m8linen07@800", onOpen: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "See rows" }));
    await expect(args.onOpen).toHaveBeenCalledWith(expect.stringMatching(/^anomaly-742/));
    await expect(canvas.getByRole("link", { name: "Export" })).toBeVisible();
  },
});

export const States = meta.story({ args: { finished: "" } });

const diverged: RunMark = {
  id: "anomaly-200-0",
  kind: "anomaly",
  step: 200,
  time: 1_764_200_000,
  event: {
    type: "note",
    level: "warning",
    time: 1_764_200_000,
    step: 200,
    message:
      "The validation loss is 11.204, and was 6.931 before the first step: so far the model has become worse. Lower optimizer.learning_rate (10 now), or lengthen the warm-up.",
    details: { diverged: 200 },
  },
  values: {},
};

/** No rows are to blame: what helps is another recipe. */
export const Diverged = meta.story({
  args: { marks: [diverged] },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/the model has become worse/)).toBeVisible();
    await expect(canvas.getByText("The model is saved")).toBeVisible();
    await expect(canvas.queryByText("The model is ready")).toBeNull();
    await expect(canvas.queryByRole("button", { name: "See rows" })).toBeNull();
    await expect(canvas.getByRole("link", { name: "Change its recipe" })).toHaveAttribute(
      "href",
      "/recipes/edit?from=1m8linen07",
    );
  },
});

const skipped = (step: number, at: number): RunMark => ({
  id: `anomaly-${step}-${at}`,
  kind: "anomaly",
  step,
  time: 1_764_200_000 + at,
  event: {
    type: "note",
    level: "warning",
    time: 1_764_200_000 + at,
    step,
    message: `Step ${step} was skipped: the loss or the gradient is not a finite number.`,
    details: { skipped: step, rows: [step] },
  },
  values: {},
});

/** Ten of a kind do not hide what else was odd; what came back is no finding any more. */
export const ManyOfAKind = meta.story({
  args: {
    marks: [
      { ...diverged, id: "over", isOver: true, step: 20 },
      diverged,
      ...[210, 211, 212, 213, 214].map(skipped),
    ],
  },
  play: async ({ canvas, userEvent, args }) => {
    await expect(
      canvas.getByText(/Step 214 was skipped.* 5 of this kind, the first at step 210\./),
    ).toBeVisible();
    await expect(canvas.getAllByText(/the model has become worse/)).toHaveLength(1);
    await expect(canvas.queryByText(/Step 213/)).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "See rows" }));
    await expect(args.onOpen).toHaveBeenCalledWith("anomaly-214-4");
  },
});

const drill = {
  type: "drill",
  time: 1_764_200_000,
  step: 742,
  passed: true,
  killed_at_step: 742,
  checkpoint_step: 700,
  resumed_from: 700,
  steps_again: 42,
  unequal_steps: [] as number[],
  seconds_away: 9.42,
};

export const DrillPassed = meta.story({
  args: { marks: [], finished: "", drill },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Drill passed")).toBeVisible();
    await expect(canvas.getByText(/42 rows of numbers were made twice and are equal/)).toBeVisible();
  },
});

export const DrillWithNothingToCompare = meta.story({
  args: { marks: [], finished: "", drill: { ...drill, resumed_from: 742, steps_again: 0 } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/nothing to compare/)).toBeVisible();
    await expect(canvas.queryByText("Drill passed")).toBeNull();
  },
});

const reproduction = {
  type: "reproduction",
  time: 1_764_200_000,
  step: 500,
  of: "01kb3v9q0x",
  verdict: "identical",
  steps: 50,
  unequal_steps: [] as number[],
  largest_difference: 0,
  same_weights: true,
};

export const Reproduced = meta.story({
  args: { marks: [], finished: "", reproduction },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Reproduced: identical")).toBeVisible();
    await expect(
      canvas.getByText(/All numbers of 50 steps are equal, bit for bit, and so are/),
    ).toBeVisible();
  },
});

export const ReproducedDifferently = meta.story({
  args: {
    marks: [],
    finished: "",
    reproduction: {
      ...reproduction,
      verdict: "different",
      unequal_steps: [20, 30],
      largest_difference: 0.12,
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Not reproduced: it came out differently")).toBeVisible();
    await expect(
      canvas.getByText(/2 of 50 steps differ, the first is 20; the loss by at most 12/),
    ).toBeVisible();
  },
});

export const DrillFailed = meta.story({
  args: { marks: [], finished: "", drill: { ...drill, passed: false, unequal_steps: [731, 740] } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/the numbers of 2 steps differ, the first is 731/)).toBeVisible();
  },
});
