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

export const States = meta.story({ args: { events: [], isLive: false } });
