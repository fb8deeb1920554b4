import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { chance } from "../samples.ts";
import { Histogram } from "./Histogram.tsx";

const random = chance(4);
const bins = Array.from({ length: 40 }, (_, i) => ({
  from: i * 64,
  to: (i + 1) * 64,
  count: Math.round(900 * Math.exp(-(((i - 9) / 7) ** 2)) + random() * 20),
}));
const huge = Array.from({ length: 400 }, (_, i) => ({
  from: i,
  to: i + 1,
  count: Math.round(random() * 1e6),
}));
const args = { bins, title: "Tokens a row", unit: "rows", limit: { value: 1536, label: "context 1,536" } };

const meta = preview.meta({ title: "Charts/Histogram", component: Histogram, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    const plot = canvas.getByRole("slider", { name: "Tokens a row" });
    await expect(plot).toHaveFocus();
    await userEvent.keyboard("{End}");
    await expect(plot).toHaveAttribute("aria-valuetext", expect.stringMatching(/^2,496 to 2,560: \d+ rows/));
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("table")).toBeVisible();
  },
});

/** Bins that grow with the value are drawn equally wide, on a scale that grows as they do. */
export const GrowingBins = meta.story({
  args: {
    bins: Array.from({ length: 8 }, (_, i) => ({ from: 2 ** i - 1, to: 2 ** (i + 1) - 1, count: 10 })),
    limit: undefined,
  },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("100")).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard("{End}");
    await expect(canvas.getByRole("slider", { name: "Tokens a row" })).toHaveAttribute(
      "aria-valuetext",
      expect.stringMatching(/^127 to 255: 10 rows/),
    );
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <Histogram bins={[]} title="Tokens a row" unit="rows" />
      <Histogram
        bins={[]}
        title="Tokens a row"
        unit="rows"
        status={{ state: "loading", what: "Reading the values" }}
      />
      <Histogram
        bins={[]}
        title="Tokens a row"
        unit="rows"
        status={{ state: "error", title: "The values could not be read", reason: "The file is gone." }}
      />
      <Histogram bins={huge} title="Huge" unit="rows" />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The values could not be read")).toBeVisible();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <Histogram bins={bins} title="Without a limit" unit="rows" />
      <Histogram {...args} title="With a limit" height={240} />
    </div>
  ),
});
