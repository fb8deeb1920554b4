import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_ANSWERS, FAKE_ANSWERS_BEFORE, fakeAnswer } from "../../../testing/evaluate.ts";
import { pairsOf } from "../facts/answers.ts";
import { AnswerList } from "./AnswerList.tsx";

const filter = { verdict: "", change: "", search: "", sort: "" };

const meta = preview.meta({
  title: "Features/Evaluate/AnswerList",
  component: AnswerList,
  args: {
    pairs: pairsOf(FAKE_ANSWERS, FAKE_ANSWERS_BEFORE, "exact_match"),
    judge: "exact_match",
    scores: ["exact_match", "rouge_l"],
    filter,
    text: "",
    onText: fn(),
    onFilter: fn(),
    shown: 50,
    onMore: fn(),
    names: { now: "faq answers", before: "first model" },
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const cards = canvas.getAllByRole("listitem");
    await expect(cards[0]).toHaveTextContent("broken");
    await expect(cards[1]).toHaveTextContent("fixed");
    await userEvent.click(canvas.getByRole("radio", { name: "Wrong 2" }));
    await expect(args.onFilter).toHaveBeenCalledWith({ verdict: "wrong" });
    await userEvent.click(canvas.getByRole("button", { name: /What changed/ }));
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onFilter).toHaveBeenCalledWith({ change: "fixed" });
    await userEvent.type(canvas.getByRole("searchbox", { name: "Search answers" }), "l");
    await expect(args.onText).toHaveBeenCalledWith("l");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <AnswerList {...args} names={undefined} pairs={[]} />
      <AnswerList {...args} filter={{ ...filter, search: "no such words" }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No answers were written")).toBeVisible();
    await expect(canvas.getByText("No answer fits")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: {
    pairs: pairsOf(
      Array.from({ length: 5000 }, (_, place) => fakeAnswer(place, place % 3 ? "yes" : "no", "yes")),
      [],
      "exact_match",
    ),
    names: undefined,
    shown: 20,
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Show more: 4,980 are left" }));
    await expect(args.onMore).toHaveBeenCalled();
  },
});
