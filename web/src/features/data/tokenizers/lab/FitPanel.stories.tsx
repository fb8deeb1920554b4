import { expect } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { FAKE_COMPARISON } from "../../../../testing/history.ts";
import { CutWords, Differences, FitTable } from "./FitPanel.tsx";

const { first, second } = FAKE_COMPARISON;

const meta = preview.meta({
  title: "Features/Data/FitTable",
  component: FitTable,
  args: { fits: [first, second] },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    const table = canvas.getByRole("grid", { name: "How well it fits" });
    await expect(table).toHaveTextContent("11,200 (better)");
    await expect(table).not.toHaveTextContent("16,000 (better)");
  },
});

export const OneTokenizer = meta.story({
  args: { fits: [first] },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("grid")).not.toHaveTextContent("(better)");
  },
});

export const WordsCutMost = meta.story({
  render: () => <CutWords fit={first} />,
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("grid", { name: "Words that are cut most" })).toHaveTextContent(
      "·electro".slice(0, 2),
    );
    await expect(canvas.getByText("achy")).toBeVisible();
  },
});

export const NothingCut = meta.story({
  render: () => <CutWords fit={{ ...first, cut_most: [] }} />,
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Every word is one token.")).toBeVisible();
  },
});

export const WhereTheyDiffer = meta.story({
  render: () => <Differences comparison={FAKE_COMPARISON} />,
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/5 tokens/)).toBeVisible();
  },
});
