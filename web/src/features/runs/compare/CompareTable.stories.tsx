import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Run } from "../../../data/runs.ts";
import { recorded } from "../../../testing/recorded.ts";
import { CompareTable } from "./CompareTable.tsx";

const runs = ["base-run", "slower-run", "answers-run"].map((name) => recorded<Run>(name));
const [first] = runs as [Run];

const meta = preview.meta({
  title: "Features/Compare/CompareTable",
  component: CompareTable,
  args: { runs, baseline: first as Run | null, onBaseline: fn(), onRemove: fn() },
  argTypes: { runs: { control: false }, baseline: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("baseline")).toBeVisible();
    await userEvent.click(canvas.getAllByRole("button", { name: "Baseline" })[0] as HTMLElement);
    await expect(args.onBaseline).toHaveBeenCalledWith(runs[1]?.id);
    await userEvent.click(canvas.getByRole("button", { name: "Leave out base" }));
    await expect(args.onRemove).toHaveBeenCalledWith(first.id);
  },
});

export const One = meta.story({ args: { runs: [first] } });

export const Many = meta.story({
  args: {
    runs: Array.from({ length: 40 }, (_, index) => ({
      ...first,
      id: `r${index}`,
      name: `trial ${index}`,
      ordinal: index,
    })),
  },
});
