import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_REPORT } from "../../../testing/data.ts";
import { ReportPanel } from "./ReportPanel.tsx";

const meta = preview.meta({
  title: "Features/Data/ReportPanel",
  component: ReportPanel,
  args: {
    report: FAKE_REPORT,
    error: null,
    onRetry: fn(),
    href: "/data/faq@1",
    importHref: "/data?import=open",
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("3 findings")).toBeVisible();
    const first = canvas.getAllByRole("listitem")[0];
    await expect(first).toHaveTextContent("5 rows are set aside");
    await expect(canvas.getByRole("link", { name: "Look at them" })).toHaveAttribute(
      "href",
      "/data/faq@1?tab=quarantine",
    );
    await expect(canvas.getByText("prompt ← Question, completion ← Answer")).toBeVisible();
  },
});

/** Rows that were made here have no file and no format. */
export const Made = meta.story({
  args: { report: { ...FAKE_REPORT, files: [{ name: "flowroll", rows: 8000 }] } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Made by flowroll")).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
      <ReportPanel {...args} report={null} />
      <ReportPanel {...args} report={null} error={new Error("The report cannot be read.")} />
      <ReportPanel
        {...args}
        report={{
          ...FAKE_REPORT,
          rows: { raw: 500, good: 500, bad: 0 },
          duplicates: { rows: 0, contents: 0 },
          splits: { train: 400, validation: 50, test: 50 },
        }}
      />
      <ReportPanel
        {...args}
        report={{
          ...FAKE_REPORT,
          rows: { raw: 100, good: 40, bad: 60 },
          splits: { train: 40 },
          num_skipped_files: 2,
          skipped_files: [{ name: "cat.jpg", reason: "It is a JPEG image." }],
          notes: ["The column “age” mixes text and numbers; it is kept as text."],
        }}
      />
    </div>
  ),
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("nothing needs a look")).toBeVisible();
    await expect(canvas.getByText("2 files were passed over")).toBeVisible();
    await expect(canvas.getByText("There is no part for validation and test")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }));
    await expect(args.onRetry).toHaveBeenCalled();
  },
});
