import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_PREVIEW } from "../../../testing/refining.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Changes } from "./Changes.tsx";

const meta = preview.meta({
  title: "Features/Data/Changes",
  component: Changes,
  args: { preview: FAKE_PREVIEW, isOld: false },
  render: (args) => (
    <Panel title="What they do">
      <Changes {...args} />
    </Panel>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("56 of 120 rows are touched, 98 are left")).toBeVisible();
    await expect(canvas.getByText(/dropped by Length: shorter than 20 characters/)).toBeVisible();
    await expect(canvas.getByText("[EMAIL]", { exact: false })).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "Dropped" }));
    await expect(canvas.queryByRole("heading", { name: "Row 3" })).toBeNull();
    await expect(canvas.getByRole("heading", { name: "Row 5" })).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "Changed" }));
    await expect(canvas.getByRole("heading", { name: "Row 3" })).toBeVisible();
  },
});

export const Untouched = meta.story({
  args: { preview: { ...FAKE_PREVIEW, rows: [], touched: 0, left: 120 } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No such row in the sample.")).toBeVisible();
  },
});

export const MovedAddedAndSetAside = meta.story({
  args: {
    preview: {
      ...FAKE_PREVIEW,
      compares_sample: true,
      rows: FAKE_PREVIEW.rows.map((row, at) => ({
        ...row,
        ...(at === 0 ? { split: "test" } : {}),
        ...(at === 1 ? { dropped: "the answer is empty", step: null } : {}),
        ...(at === 2 ? { split_before: "", before: [] } : {}),
      })),
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("was in train")).toBeVisible();
    await expect(canvas.getByText("set aside: the answer is empty")).toBeVisible();
    await expect(canvas.getByText("new")).toBeVisible();
    await expect(canvas.getByText(/the whole will have more copies/)).toBeVisible();
  },
});

export const Old = meta.story({
  args: { isOld: true },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Trying the steps anew")).toBeVisible();
  },
});

const LONG = "A sentence that stands here again and again, as texts of the web do. ".repeat(60);

export const Huge = meta.story({
  args: {
    preview: {
      ...FAKE_PREVIEW,
      rows: Array.from({ length: 60 }, (_, at) => ({
        row: at + 1,
        split: "train",
        split_before: "train",
        before: [`<p>${LONG}</p>`],
        after: [LONG],
        dropped: "",
        step: null,
        extra: {},
      })),
    },
  },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getAllByRole("listitem")).toHaveLength(12);
    await userEvent.click(canvas.getByRole("button", { name: "Show more" }));
    await expect(canvas.getAllByRole("listitem")).toHaveLength(24);
  },
});
