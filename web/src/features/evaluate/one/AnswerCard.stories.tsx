import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_ANSWERS, FAKE_ANSWERS_BEFORE, fakeAnswer } from "../../../testing/evaluate.ts";
import { pairsOf } from "../facts/answers.ts";
import { AnswerCard } from "./AnswerCard.tsx";

const [pair = { row: 1, now: fakeAnswer(1, "a", "b"), before: null, change: "same" as const }] = pairsOf(
  FAKE_ANSWERS,
  FAKE_ANSWERS_BEFORE,
  "exact_match",
);

const meta = preview.meta({
  title: "Features/Evaluate/AnswerCard",
  component: AnswerCard,
  args: { pair, judge: "exact_match", names: { now: "faq answers", before: "first model" } },
  render: (args) => (
    <ul>
      <AnswerCard {...args} />
    </ul>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("broken")).toBeVisible();
    await expect(canvas.getByText("Before: first model")).toBeVisible();
    await userEvent.click(canvas.getByText("What is missing, what is too much"));
    await expect(canvas.getByRole("deletion")).toBeVisible();
  },
});

const alone = (answer: string, reference: string) => ({
  row: 3,
  now: fakeAnswer(3, answer, reference),
  before: null,
  change: "same" as const,
});

export const States = meta.story({
  render: (args) => (
    <ul>
      <AnswerCard {...args} names={undefined} pair={alone("yes", "yes")} />
      <AnswerCard {...args} names={undefined} pair={alone("", "yes")} />
      <AnswerCard {...args} names={undefined} judge={null} pair={alone("word ".repeat(400), "yes")} />
    </ul>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("right")).toBeVisible();
    await expect(canvas.getByText("nothing")).toBeVisible();
  },
});
