import { expect, fn } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { fakeCorpus } from "../../../../testing/inspection.ts";
import { Page } from "../../../../ui/Page/Page.tsx";
import { CorpusViews } from "./CorpusViews.tsx";

const meta = preview.meta({
  title: "Features/Data/Corpus",
  component: CorpusViews,
  args: { corpus: fakeCorpus(), onSearch: fn() },
  render: (args) => (
    <Page>
      <CorpusViews {...args} />
    </Page>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("90 % by 811 words")).toBeVisible();
    await userEvent.click(await canvas.findByRole("button", { name: /shelf/ }));
    await expect(args.onSearch).toHaveBeenCalledWith("shelf");
    await userEvent.click(canvas.getByRole("radio", { name: "Pairs" }));
    await expect(await canvas.findByRole("list", { name: "Pairs" })).toHaveTextContent("where is");
  },
});

export const Empty = meta.story({
  args: {
    corpus: fakeCorpus({
      rows: 0,
      sampled_rows: 0,
      lengths: {},
      words: { total: 0, distinct: 0, once: 0, top: [], pairs: [], triples: [] },
      growth: { words: [], distinct: [], k: null, beta: null },
      coverage: { words: [], share: [] },
    }),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing counted yet")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: {
    corpus: fakeCorpus({
      rows: 319_208_000,
      sampled_rows: 50_000,
      words: {
        total: 4_000_000,
        distinct: 812_000,
        once: 500_000,
        top: Array.from({ length: 200 }, (_, n) => ({ text: `word${n}`, count: 90_000 - n * 400, id: null })),
        pairs: [],
        triples: [],
      },
    }),
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("in 50,000 sampled rows")).toBeVisible();
  },
});
