import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { LiveRun } from "../../data/live/stream.ts";
import { recorded } from "../../testing/recorded.ts";
import { RecentRuns } from "./RecentRuns.tsx";

const all = recorded<{ items: LiveRun[] }>("runs").items;
const runs = all.filter((run) => run.ordinal !== null);
const first = runs[0] as LiveRun;

const meta = preview.meta({
  title: "Features/Home/RecentRuns",
  component: RecentRuns,
  args: { runs, isKnown: true, total: all.length, onGo: fn() },
  argTypes: { runs: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const table = canvas.getByRole("grid", { name: "Recent runs" });
    table.focus();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onGo).toHaveBeenCalledWith(expect.stringMatching(/^\/runs\//));
    await expect(canvas.getByText("answers")).toBeVisible();
  },
});

export const States = meta.story({
  args: {
    runs: (["queued", "running", "paused", "failed", "interrupted", "completed"] as const).map(
      (state, index) => ({
        ...first,
        id: state,
        name: `run that is ${state}`,
        state,
        ordinal: index === 0 ? null : index,
        step: 40,
        total_steps: 160,
      }),
    ) as LiveRun[],
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/25 %/)).toBeVisible();
  },
});

export const Empty = meta.story({
  args: { runs: [], total: 0 },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No runs yet")).toBeVisible();
  },
});

export const Loading = meta.story({ args: { isKnown: false } });
