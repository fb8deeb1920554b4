import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { LiveRun } from "../../data/live/stream.ts";
import type { Machine } from "../../data/system.ts";
import { recorded } from "../../testing/recorded.ts";
import { NeedsALook } from "./NeedsALook.tsx";

const run = recorded<{ items: LiveRun[] }>("runs").items[0] as LiveRun;
const machine = recorded<Machine>("machine");
const healthy = { ...machine, free_disk_bytes: 4e11, findings: [] };

const meta = preview.meta({
  title: "Features/Home/NeedsALook",
  component: NeedsALook,
  args: { view: { isKnown: true, failed: [], heldUp: [], others: [], machine: healthy } },
});

export const Playground = meta.story({
  args: {
    view: {
      isKnown: true,
      failed: [{ ...run, name: "answers", reason: "Loss was not finite in 3 steps in a row." }],
      heldUp: [
        { ...run, id: "3", name: "letters", state: "paused", reason: "The disk is full (0.0 MB free)." },
      ],
      others: [{ ...run, id: "2", name: "import of questions", state: "running" }],
      machine: { ...healthy, free_disk_bytes: 1.2e9 },
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("answers failed")).toBeVisible();
    await expect(canvas.getByText("1.2 GB of disk are free")).toBeVisible();
    await expect(canvas.getByText("letters stands still")).toBeVisible();
    const looks = canvas.getAllByRole("link", { name: "Look" });
    await expect(looks.map((each) => each.getAttribute("href"))).toEqual([`/runs/${run.id}`, "/runs/3"]);
  },
});

export const Empty = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Nothing needs a look")).toBeVisible();
  },
});

/** Before the list of runs is there nothing is claimed. */
export const Reading = meta.story({
  args: { view: { isKnown: false, failed: [], heldUp: [], others: [], machine: null } },
  play: async ({ canvas }) => {
    await expect(canvas.queryByText("Nothing needs a look")).toBeNull();
    await expect(canvas.getByRole("region", { name: "Needs a look" })).toHaveAttribute("aria-busy", "true");
  },
});

export const Many = meta.story({
  args: {
    view: {
      isKnown: true,
      failed: Array.from({ length: 12 }, (_, index) => ({
        ...run,
        id: String(index),
        name: `trial ${index}`,
        reason: "Out of memory at step 40.",
      })),
      heldUp: [],
      others: [],
      machine: healthy,
    },
  },
});
