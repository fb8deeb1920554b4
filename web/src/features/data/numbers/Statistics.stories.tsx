import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_STATS } from "../../../testing/data.ts";
import { Page } from "../../../ui/Page/Page.tsx";
import { Statistics } from "./Statistics.tsx";

const meta = preview.meta({
  title: "Features/Data/Statistics",
  component: Statistics,
  args: { stats: FAKE_STATS, tokenizer: "words@1" },
  render: (args) => (
    <Page>
      <Statistics {...args} />
    </Page>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("nothing is cut from 128 tokens on")).toBeVisible();
    await expect(canvas.getByText("every row counted")).toBeVisible();
    const lengths = await canvas.findByRole("list", { name: "Tokens a row with words@1" });
    await expect(lengths).toHaveTextContent("95 % are at most81");
  },
});

export const WithoutTokenizer = meta.story({
  args: { stats: { ...FAKE_STATS, tokens: undefined }, tokenizer: "" },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No tokenizer yet")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: {
    stats: {
      ...FAKE_STATS,
      rows: 319_208_000,
      characters: 4.2e11,
      tokens: FAKE_STATS.tokens && {
        ...FAKE_STATS.tokens,
        total_estimate: 1.1e11,
        sampled_rows: 10_000,
        unknown_rate: 0.012,
      },
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("estimated from 10,000 rows")).toBeVisible();
    await expect(canvas.getByText("of the tokens cannot be written")).toBeVisible();
  },
});
