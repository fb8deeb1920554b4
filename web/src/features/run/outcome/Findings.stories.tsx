import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeView } from "../../../testing/run.ts";
import { marksOf } from "../facts/markers.ts";
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

export const DrillFailed = meta.story({
  args: { marks: [], finished: "", drill: { ...drill, passed: false, unequal_steps: [731, 740] } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/the numbers of 2 steps differ, the first is 731/)).toBeVisible();
  },
});
