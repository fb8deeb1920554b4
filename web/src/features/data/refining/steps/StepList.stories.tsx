import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { FAKE_PREVIEW, FAKE_STEP_SCHEMA } from "../../../../testing/refining.ts";
import { catalogueOf, type StepDraft } from "./drafts.ts";
import { StepList } from "./StepList.tsx";

const STEPS: StepDraft[] = [
  { id: "1", kind: "html", settings: {} },
  { id: "2", kind: "length", settings: { min_characters: 20 } },
  { id: "3", kind: "quality", settings: { threshold: 0.3 } },
];

const meta = preview.meta({
  title: "Features/Data/StepList",
  component: StepList,
  args: {
    steps: STEPS,
    kinds: catalogueOf(FAKE_STEP_SCHEMA),
    reports: FAKE_PREVIEW.steps,
    wrong: new Set<number>(),
    chosen: "2",
    onChoose: fn(),
    onChange: fn(),
  },
  render: function Render(args) {
    const [steps, setSteps] = useState(args.steps);
    return (
      <div className="max-w-120 rounded-panel border border-line bg-surface">
        <StepList
          {...args}
          steps={steps}
          onChange={(next) => {
            setSteps(next);
            args.onChange(next);
          }}
        />
      </div>
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("34 changed")).toBeVisible();
    await expect(canvas.getByText("12 dropped")).toBeVisible();
    await expect(canvas.getByText("98 left")).toBeVisible();
    await userEvent.click(canvas.getByText("HTML"));
    await expect(args.onChoose).toHaveBeenLastCalledWith("1");
    await userEvent.click(canvas.getByRole("button", { name: "More for 3 Quality" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Move up" }));
    await expect(args.onChange).toHaveBeenLastCalledWith([STEPS[0], STEPS[2], STEPS[1]]);
  },
});

export const AddingTheFirst = meta.story({
  args: { steps: [], reports: [], chosen: null },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Add a step" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /^Length/ }));
    await expect(args.onChange).toHaveBeenLastCalledWith([
      { id: "1", kind: "length", settings: { min_characters: 20 } },
    ]);
    await expect(args.onChoose).toHaveBeenLastCalledWith("1");
  },
});

export const Wrong = meta.story({
  args: { wrong: new Set([1]) },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("A setting is not right.")).toBeVisible();
  },
});

export const Waiting = meta.story({
  args: { reports: [] },
  play: async ({ canvas }) => {
    await expect(canvas.queryByText("34 changed")).toBeNull();
  },
});

export const Huge = meta.story({
  args: {
    steps: Array.from({ length: 40 }, (_, at) => ({
      id: String(at + 1),
      kind: at % 2 ? "length" : "redact",
      settings: { min_characters: at, where: "answers" },
    })),
    reports: [],
  },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("row")).toHaveLength(40);
  },
});
