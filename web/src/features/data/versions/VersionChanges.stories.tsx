import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Change } from "../../../data/history.ts";
import { FAKE_DIFF } from "../../../testing/history.ts";
import { VersionChanges } from "./VersionChanges.tsx";

const meta = preview.meta({
  title: "Features/Data/VersionChanges",
  component: VersionChanges,
  args: {
    diff: FAKE_DIFF,
    items: FAKE_DIFF.items,
    show: "changed" as Change,
    onShow: fn(),
    others: ["faq@1"],
    other: "faq@1",
    onOther: fn(),
    columns: ["Question", "Answer"],
    onKey: fn(),
    onMore: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("116 rows are the same")).toBeVisible();
    await expect(canvas.getByRole("list", { name: "Rows that changed" })).toHaveTextContent("EMAIL");
    await userEvent.click(canvas.getByRole("radio", { name: "Removed 4" }));
    await expect(args.onShow).toHaveBeenCalledWith("removed");
    await userEvent.click(canvas.getByRole("button", { name: "Show more rows" }));
    await expect(args.onMore).toHaveBeenCalled();
  },
});

export const Added = meta.story({
  args: {
    show: "added",
    onMore: undefined,
    items: [
      {
        row: null,
        row_after: 140,
        split: null,
        split_after: "test",
        before: null,
        after: { Question: "New?", Answer: "Yes." },
      },
    ],
  },
});

export const NothingChanged = meta.story({
  args: {
    diff: {
      ...FAKE_DIFF,
      counts: { added: 0, removed: 0, changed: 0, moved: 0, same: 122 },
      columns_added: [],
    },
    items: [],
    onMore: undefined,
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No such rows")).toBeVisible();
  },
});
