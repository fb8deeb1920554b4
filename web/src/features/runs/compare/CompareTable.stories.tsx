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

const seeded = runs.slice(0, 2).flatMap((run, of) =>
  [0, 1, 2].map((seed) => ({
    ...run,
    id: `${run.id}-${seed}`,
    name: `${run.name}, seed ${seed}`,
    params: { ...run.params, seed },
    metrics: { ...run.metrics, "val/loss": { last: 0.4 + of, min: 0.4 + of + seed / 100, max: 6 } },
  })),
) as Run[];

/** Several seeds of both recipes: the distance of their means, with an interval. */
export const Seeds = meta.story({
  args: { runs: seeded, baseline: seeded[0] ?? null },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByText("+1.00 ± 0.023")).toHaveLength(3);
    await expect(canvas.getByText("+0.0100")).toBeVisible();
    await expect(canvas.getByText(/95 % interval/)).toBeVisible();
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
