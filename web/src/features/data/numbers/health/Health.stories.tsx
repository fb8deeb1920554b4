import { expect, fn } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { FAKE_CLUSTERS, fakeFinding, fakeValidation } from "../../../../testing/inspection.ts";
import { Page } from "../../../../ui/Page/Page.tsx";
import { Health, type HealthProps } from "./Health.tsx";

const meta = preview.meta({
  title: "Features/Data/Health",
  component: Health,
  args: {
    validation: fakeValidation(),
    href: "/data/faq%401",
    onInspect: fn(),
    onFix: fn(),
    onRetry: fn(),
    fixes: new Map(),
  } as HealthProps,
  argTypes: { fixes: { control: false }, watch: { control: false } },
  render: (args) => (
    <Page>
      <Health {...args} />
    </Page>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("alert")).toHaveTextContent("Not ready to train.");
    const found = canvas.getByRole("list", { name: "Findings of the validation" });
    await expect(found).toHaveTextContent("Rows that repeat another");
    await expect(canvas.getByRole("link", { name: "101" })).toHaveAttribute(
      "href",
      "/data/faq%401?tab=rows&row=101&open=101",
    );
    await userEvent.click(canvas.getByRole("button", { name: "More examples" }));
    await expect(canvas.getByText(/Who answers/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Fix it: Rows that repeat another" }));
    await expect(args.onFix).toHaveBeenCalledWith(expect.objectContaining({ id: "duplicates" }));
  },
});

export const States = meta.story({
  render: (args) => (
    <Page>
      <Health {...args} validation={null} />
      <Health {...args} validation={null} error={new Error("The data of faq@1 is damaged.")} />
      <Health
        {...args}
        validation={fakeValidation({
          findings: [],
          verdict: { verdict: "ready", words: "ready", reasons: [] },
        })}
      />
      <Health
        {...args}
        validation={fakeValidation({
          known: false,
          rows: 1_000_000,
          findings: [],
          skipped: [],
          verdict: { verdict: "unknown", words: "not inspected yet", reasons: [] },
        })}
      />
    </Page>
  ),
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("The data of faq@1 is damaged.")).toBeVisible();
    await expect(canvas.getByText("Ready to train: nothing speaks against it.")).toBeVisible();
    await expect(canvas.getByText("Every check passed on all 122 rows.")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Look at all rows" }));
    await expect(args.onInspect).toHaveBeenCalledOnce();
  },
});

export const Huge = meta.story({
  args: {
    validation: fakeValidation({
      rows: 1_000_000,
      findings: Array.from({ length: 24 }, (_, n) =>
        fakeFinding({
          id: `finding-${n}`,
          title: `Finding number ${n + 1}`,
          count: 900_000 - n * 30_000,
          share: 0.9 - n * 0.03,
          rows: Array.from({ length: 50 }, (__, row) => 100_000 + row * 17),
          examples: [{ text: "unbroken".repeat(60), rows: [] }],
        }),
      ),
      clusters: FAKE_CLUSTERS,
    }),
    fixes: new Map([["finding-0", "A run is on its way."]]),
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("A run is on its way.")).toBeVisible();
    await expect(canvas.getByRole("grid", { name: "Groups of rows that are nearly alike" })).toBeVisible();
  },
});
