import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_BAD } from "../../../testing/data.ts";
import { Quarantine } from "./QuarantineTab.tsx";

const meta = preview.meta({
  title: "Features/Data/Quarantine",
  component: Quarantine,
  args: { total: 3, rows: FAKE_BAD, file: "/api/datasets/faq@1/quarantine/file" },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("it has 7 fields instead of 5")).toBeVisible();
    await expect(canvas.getByRole("link", { name: "Download all as JSONL" })).toHaveAttribute("download");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Quarantine {...args} total={0} rows={[]} />
      <Quarantine {...args} total={12_400} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Nothing was set aside")).toBeVisible();
    await expect(canvas.getByText("The first 3 of 12,400; the file holds all.")).toBeVisible();
  },
});
