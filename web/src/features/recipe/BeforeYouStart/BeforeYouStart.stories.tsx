import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { estimate } from "../../../testing/recipe.ts";
import { BeforeYouStart, type BeforeYouStartProps } from "./BeforeYouStart.tsx";

const start = fn();
const focus = fn();
const apply = fn();

const meta = preview.meta({
  title: "Features/Recipe/BeforeYouStart",
  component: BeforeYouStart,
  args: {
    estimate,
    waits: [],
    isStarting: false,
    isStale: false,
    onStart: start,
    onFocus: focus,
    canApply: (change: string) => change.includes("="),
    onApply: apply,
  } as BeforeYouStartProps,
  argTypes: { estimate: { control: "object" }, canApply: { control: false } },
  decorators: [
    (Story) => (
      <div className="max-w-[360px]">
        <Story />
      </div>
    ),
  ],
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("from 3 runs here")).toBeVisible();
    await expect(canvas.getByText("19 min to 24 min")).toBeVisible();
    await expect(canvas.getByText("of 34M parameters, 12 %")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Use it" }));
    await expect(apply).toHaveBeenCalledWith("tuning.kind=lora tuning.rank=16");
    canvas.getByRole("button", { name: "Start training" }).focus();
    await userEvent.keyboard("{Enter}");
    await expect(start).toHaveBeenCalledOnce();
  },
});

export const Waits = meta.story({
  args: {
    waits: [
      { name: "schedule.warmup_steps", label: "Warm-up steps" },
      { name: "data.dataset", label: "Dataset" },
    ],
    isStale: true,
  },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByRole("button", { name: "Start training" })).toBeDisabled();
    await userEvent.click(canvas.getByRole("button", { name: "Warm-up steps" }));
    await expect(focus).toHaveBeenCalledWith("schedule.warmup_steps");
  },
});

export const TooLarge = meta.story({
  args: {
    estimate: { ...estimate, available_bytes: 8_000_000_000, fits: false, measured_runs: 0, cost: null },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/too much/)).toBeVisible();
    await expect(canvas.getByText("rough: no run here yet")).toBeVisible();
  },
});

export const NoDataYet = meta.story({
  args: {
    estimate: {
      ...estimate,
      steps: null,
      rows: null,
      tokens: null,
      seconds: null,
      low_seconds: null,
      high_seconds: null,
    },
  },
});
export const Loading = meta.story({ args: { estimate: null } });
export const Refused = meta.story({
  args: {
    estimate: null,
    refused: {
      what: "google/gemma is not on this machine.",
      todo: "Its shape is known once it is downloaded.",
    },
    onRetry: fn(),
  },
});

export const DataThatIsNotReady = meta.story({
  args: {
    dataset: "faq@1",
    estimate: {
      ...estimate,
      data: {
        verdict: "not_ready",
        reasons: [
          {
            id: "leakage",
            field: "data.dataset",
            severity: "error",
            message: "held-out rows that also stand in training: 3",
            fix: "Leave the copies out of training.",
          },
        ],
      },
    },
  },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText(/The data is not ready/)).toBeVisible();
    await expect(canvas.getByRole("link", { name: "Its health" })).toHaveAttribute(
      "href",
      "/data/faq%401?tab=health",
    );
    await userEvent.click(canvas.getByRole("button", { name: /held-out rows/ }));
    await expect(focus).toHaveBeenCalledWith("data.dataset");
    await expect(canvas.getByRole("button", { name: "Start training" })).toBeEnabled();
  },
});
