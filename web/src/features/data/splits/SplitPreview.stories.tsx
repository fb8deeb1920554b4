import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_SPLIT_PREVIEW } from "../../../testing/history.ts";
import { Page } from "../../../ui/Page/Page.tsx";
import { SplitPreview } from "./SplitPreview.tsx";

const meta = preview.meta({
  title: "Features/Data/SplitPreview",
  component: SplitPreview,
  args: { preview: FAKE_SPLIT_PREVIEW, rowHref: (row: number) => `/data/faq@1?row=${row}` },
  render: (args) => (
    <Page>
      <SplitPreview {...args} />
    </Page>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("17 of 122 rows change their part")).toBeVisible();
    await expect(canvas.getByText("No text stands on both sides")).toBeVisible();
    await expect(canvas.getByRole("grid", { name: "Rows of each part by Topic" })).toHaveTextContent(
      "lending3644",
    );
    await expect(canvas.getByRole("link", { name: "Row 4" })).toHaveAttribute(
      "href",
      expect.stringContaining("row=4"),
    );
    await expect(canvas.getByText("No rows")).toBeVisible();
  },
});

export const Leaking = meta.story({
  args: {
    preview: {
      ...FAKE_SPLIT_PREVIEW,
      copies_across: 212,
      notes: ["One author holds 80% of all rows; the shares cannot be kept."],
      num_values: 5000,
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("212 texts would be learned and tested on")).toBeVisible();
    await expect(canvas.getByText("The 3 commonest are shown.")).toBeVisible();
  },
});

export const WithoutColumn = meta.story({
  args: {
    preview: { ...FAKE_SPLIT_PREVIEW, column: null, values: [], num_values: 0, rows: 8_000_000, moved: 0 },
  },
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("grid")).toBeNull();
  },
});
