import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { FAKE_CANDIDATES } from "../../../../testing/history.ts";
import { Words } from "./Words.tsx";

const meta = preview.meta({
  title: "Features/Data/Words",
  component: Words,
  args: {
    found: FAKE_CANDIDATES,
    chosen: new Set(FAKE_CANDIDATES.candidates.map(({ text }) => text)),
    onChoose: fn(),
    models: [{ id: "r1@80", label: "answers" }],
    model: "r1@80",
    onModel: fn(),
    onAdd: fn(),
  },
  render: function Render(args) {
    const [chosen, setChosen] = useState(args.chosen);
    return <Words {...args} chosen={chosen} onChoose={setChosen} />;
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("5.4 %", { exact: false })).toBeVisible();
    await userEvent.click(canvas.getByRole("checkbox", { name: /tachycardia/ }));
    await userEvent.click(canvas.getByRole("button", { name: "Give it one word" }));
    await expect(args.onAdd).toHaveBeenCalled();
  },
});

export const WithoutModel = meta.story({
  args: { models: [], model: "" },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: "Give it 2 words" })).toBeDisabled();
  },
});

export const Fitting = meta.story({
  args: { found: { candidates: [], tokens_before: 900, tokens_after: 900, new_tokens: 0 } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No word is worth a token of its own")).toBeVisible();
  },
});
