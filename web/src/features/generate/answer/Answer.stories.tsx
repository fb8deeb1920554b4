import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { Answer } from "./Answer.tsx";
import type { Generation } from "./useGeneration.ts";

const done: Generation = {
  stage: "done",
  text: "I'm sorry about that. Could you send me the order number?",
  run: "1m8gen",
  model: "1m8linen07@800",
  tokens: 14,
  tokensPerSecond: 41.2,
  problem: null,
};

const meta = preview.meta({
  title: "Features/Generate/Answer",
  component: Answer,
  args: {
    title: "linen-07",
    answer: { ...done, stage: "writing" } as Generation,
    onStop: fn(),
    onRetry: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("Writing…")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Stop" }));
    await expect(args.onStop).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      {(["idle", "queued", "starting", "loading", "done", "stopped"] as const).map((stage) => (
        <Answer
          key={stage}
          {...args}
          answer={{ ...done, stage, text: stage === "done" || stage === "stopped" ? done.text : "" }}
        />
      ))}
      <Answer
        {...args}
        prompt="Once upon a time"
        answer={{ ...done, text: " there was a loom. ".repeat(200) }}
      />
      <Answer
        {...args}
        answer={{
          ...done,
          stage: "failed",
          text: "",
          problem: { detail: "There is no model “x”.", hint: "There is: linen-07." },
        }}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("There is no model “x”.")).toBeVisible();
  },
});
