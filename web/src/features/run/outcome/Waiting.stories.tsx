import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeLive, fakeRun, START } from "../../../testing/run.ts";
import { Waiting } from "./Waiting.tsx";

const meta = preview.meta({
  title: "Features/Run/Waiting",
  component: Waiting,
  args: {
    run: fakeRun({ state: "queued" }),
    others: [
      fakeLive({ id: "a", name: "loom-base", state: "running", created: START - 500 }),
      fakeLive({ id: "b", name: "later one", state: "queued", created: START + 500 }),
    ],
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/Waits for one run before it/)).toBeVisible();
    await expect(canvas.getByRole("link", { name: "loom-base" })).toHaveAttribute("href", "/runs/a");
    await expect(canvas.queryByText("later one")).toBeNull();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Waiting {...args} others={[]} />
      <Waiting {...args} run={fakeRun({ state: "starting" })} />
    </div>
  ),
});

export const NoRoom = meta.story({
  args: {
    run: fakeRun({
      state: "paused",
      reason: "A checkpoint needs about 48.0 MB; the disk that holds runs has 3.1 MB.",
      error: {
        code: "disk_full",
        message: "A checkpoint needs about 48.0 MB; the disk that holds runs has 3.1 MB.",
        hint: "Free some space there: the run then goes on by itself, and nothing that was saved is lost.",
      },
    }),
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/needs about 48.0 MB.* goes on by itself/)).toBeVisible();
    await expect(canvas.queryByText(/Waits for/)).toBeNull();
  },
});
