import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_REPORT } from "../../../testing/data.ts";
import { fakeFinding, fakeValidation } from "../../../testing/inspection.ts";
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
    health: { validation: fakeValidation({ findings: [] }), onInspect: fn(), onRetry: fn() },
  },
  argTypes: { watch: { control: false } },
});

const CLEAN = {
  ...FAKE_REPORT,
  rows: { raw: 500, good: 500, bad: 0 },
  duplicates: { rows: 0, contents: 0 },
  splits: { train: 400, validation: 50, test: 50 },
};
const PERSONAL = fakeFinding({
  id: "personal",
  title: "Personal data or secrets",
  severity: "warning",
  count: 12,
  share: 0.024,
  why: "A model may say them to anybody.",
});

/** The import found nothing, the texts hold personal data: the overview says so, too. */
export const AgreesWithHealth = meta.story({
  args: {
    report: CLEAN,
    health: { validation: fakeValidation({ rows: 500, findings: [PERSONAL] }), onInspect: fn() },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("1 finding")).toBeVisible();
    const first = canvas.getAllByRole("listitem")[0];
    await expect(first).toHaveTextContent("Personal data or secrets");
    await expect(first).toHaveTextContent("12 rows, 2.4 %: A model may say them to anybody.");
    await expect(canvas.getByRole("link", { name: "See why" })).toHaveAttribute(
      "href",
      "/data/faq@1?tab=health",
    );
  },
});

/** What the health report found, too, is told once. */
export const ToldOnce = meta.story({
  args: {
    health: {
      validation: fakeValidation({
        findings: [fakeFinding({ id: "duplicates", title: "Rows that repeat another" })],
      }),
      onInspect: fn(),
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Rows that repeat another")).toBeVisible();
    await expect(canvas.queryByText(/exact cop/)).toBeNull();
  },
});

/** Large data: nobody looked at its texts, and one click does. */
export const NotLookedAt = meta.story({
  args: {
    report: CLEAN,
    health: { validation: fakeValidation({ known: false, rows: 900000, findings: [] }), onInspect: fn() },
  },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("texts not looked at yet")).toBeVisible();
    await expect(canvas.queryByText("nothing needs a look")).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Look at all rows" }));
    await expect(args.health.onInspect).toHaveBeenCalled();
  },
});

/** A report that cannot be made is no clean bill. */
export const CannotLook = meta.story({
  args: {
    report: CLEAN,
    health: {
      validation: null,
      error: new Error("The data of faq@1 is damaged."),
      onInspect: fn(),
      onRetry: fn(),
    },
  },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("The data of faq@1 is damaged.")).toBeVisible();
    await expect(canvas.queryByText("nothing needs a look")).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }));
    await expect(args.health.onRetry).toHaveBeenCalled();
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
      <ReportPanel {...args} report={CLEAN} />
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
