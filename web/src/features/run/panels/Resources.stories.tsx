import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeEvents } from "../../../testing/run.ts";
import { Resources } from "./Resources.tsx";

const meta = preview.meta({
  title: "Features/Run/Resources",
  component: Resources,
  args: { events: fakeEvents(), isLive: true },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("GPU power")).toBeVisible();
    await expect(canvas.getByRole("img", { name: /GPU memory of this run: 9.8 GB/ })).toBeVisible();
  },
});

export const PredictedAndMeasured = meta.story({
  args: {
    events: [
      ...fakeEvents(),
      {
        type: "memory",
        time: 0,
        predicted_bytes: 600_000_000,
        low_bytes: 550_000_000,
        high_bytes: 690_000_000,
        measured_bytes: 640_000_000,
      },
    ],
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/At most 640 MB of memory; 600 MB were predicted/)).toBeVisible();
  },
});

export const States = meta.story({ args: { events: [], isLive: false } });
