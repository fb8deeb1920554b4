import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_AFTER, FAKE_BEFORE, FAKE_MODELS, fakeEvaluation } from "../../../testing/evaluate.ts";
import { modelName } from "../facts/pairs.ts";
import { boardsOf } from "../facts/scores.ts";
import { Leaderboard } from "./Leaderboard.tsx";

const [board = { key: "", dataset: "", split: "", evaluations: [], metrics: [] }] = boardsOf([
  FAKE_AFTER,
  FAKE_BEFORE,
]);

const meta = preview.meta({
  title: "Features/Evaluate/Leaderboard",
  component: Leaderboard,
  args: {
    board,
    nameOf: (model: string) => modelName(model, FAKE_MODELS),
    pairs: [{ before: FAKE_BEFORE, after: FAKE_AFTER }],
    sort: null,
    onSort: fn(),
    chosen: new Set<string>(),
    onChoose: fn(),
    onOpen: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("grid", { name: "Evaluations on faq@1, test" })).toBeVisible();
    await expect(canvas.getByText(/Loss −2.58/)).toBeVisible();
    await userEvent.click(canvas.getByRole("checkbox", { name: /first model/ }));
    await expect(args.onChoose).toHaveBeenCalledWith(new Set(["eval-before"]));
    await userEvent.click(canvas.getByRole("button", { name: /Loss/ }));
    await expect(args.onSort).toHaveBeenCalledWith(expect.objectContaining({ column: "loss" }));
  },
});

const [live = board] = boardsOf([
  FAKE_AFTER,
  fakeEvaluation({ id: "e3", state: "running", metrics: {}, model: "run-before@400" }),
  fakeEvaluation({ id: "e4", state: "failed", metrics: {}, model: "gone" }),
]);

export const States = meta.story({
  args: { board: live, pairs: [], sort: { column: "loss", direction: "ascending" as const } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Failed")).toBeVisible();
    await expect(canvas.getAllByRole("row")[1]).toHaveTextContent("faq answers");
  },
});
