import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Trial } from "../../../data/recipes.ts";
import { Trials } from "./Trials.tsx";

const none: Trial = {
  kind: "probe",
  isOver: false,
  phase: "",
  rows: [],
  limit: 0,
  suggestion: null,
  stages: [],
  measured: 0,
  predicted: 0,
  error: null,
};
const rows = [1, 2, 4, 8, 16].map((size) => ({
  size,
  unit: "sequences",
  fits: size < 16,
  peak_bytes: 400_000_000 + size * 800_000_000,
  tokens_per_second: size < 16 ? 900 + 120 * size : 0,
  reason: size < 16 ? "" : "it would go over the margin",
}));
const found: Trial = {
  ...none,
  isOver: true,
  rows,
  limit: 11_000_000_000,
  suggestion: {
    size: 8,
    accumulation: 2,
    same_result: true,
    peak_bytes: 6_800_000_000,
    tokens_per_second: 1860,
    change: "batch.micro_batch_size=8 batch.gradient_accumulation_steps=2",
  },
};

const meta = preview.meta({
  title: "Features/Recipe/Trials",
  component: Trials,
  args: {
    trial: found as Trial | null,
    isStarting: false,
    why: "",
    onProbe: fn(),
    onRehearse: fn(),
    onStop: fn(),
    onApply: fn(),
    canApply: () => true,
  },
  argTypes: { trial: { control: "object" }, canApply: { control: false } },
  decorators: [
    (Story) => (
      <div className="max-w-[360px]">
        <Story />
      </div>
    ),
  ],
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("table", { name: "Batches that were tried" })).toBeVisible();
    await expect(canvas.getByText("does not fit")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Use it" }));
    await expect(args.onApply).toHaveBeenCalledWith(
      "batch.micro_batch_size=8 batch.gradient_accumulation_steps=2",
    );
    await userEvent.click(canvas.getByRole("button", { name: "Find the largest batch" }));
    await expect(args.onProbe).toHaveBeenCalledOnce();
    await userEvent.click(canvas.getByRole("button", { name: "Rehearse" }));
    await expect(args.onRehearse).toHaveBeenCalledOnce();
  },
});

export const Nothing = meta.story({ args: { trial: null } });

export const Waits = meta.story({
  args: { trial: null, why: "A trial waits for the same values as the start." },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: "Rehearse" })).toBeDisabled();
  },
});

export const Running = meta.story({
  args: { trial: { ...none, phase: "trying 4 sequences", rows: rows.slice(0, 2), limit: 11_000_000_000 } },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("trying 4 sequences")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Stop" }));
    await expect(args.onStop).toHaveBeenCalledOnce();
  },
});

export const Rehearsed = meta.story({
  args: {
    trial: {
      ...none,
      kind: "rehearse",
      isOver: true,
      stages: [
        { stage: "steps", seconds: 2.1, measured_bytes: 900_000_000 },
        { stage: "validation", seconds: 1.2, measured_bytes: 900_000_000 },
        { stage: "save", seconds: 0.4, measured_bytes: 900_000_000 },
        { stage: "reload", seconds: 0.6, measured_bytes: 900_000_000 },
        { stage: "sample", seconds: 1.9, measured_bytes: 910_000_000 },
      ],
      measured: 910_000_000,
      predicted: 870_000_000,
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("At most 910 MB of memory; 870 MB were predicted.")).toBeVisible();
  },
});

export const Failed = meta.story({
  args: {
    trial: {
      ...none,
      kind: "rehearse",
      isOver: true,
      stages: [{ stage: "steps", seconds: 2.1, measured_bytes: 900_000_000 }],
      error: {
        what: "The rehearsal failed at saving a checkpoint, before the first step: the disk is full.",
        todo: "Free some space.",
      },
    },
  },
});
