import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeView } from "../../../testing/run.ts";
import { marksOf } from "../facts/markers.ts";
import { RunFindings } from "./Findings.tsx";

const meta = preview.meta({
  title: "Features/Run/Findings",
  component: RunFindings,
  args: { marks: marksOf(fakeView()), finished: "1m8linen07@800", onOpen: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "See rows" }));
    await expect(args.onOpen).toHaveBeenCalledWith(expect.stringMatching(/^anomaly-742/));
    await expect(canvas.getByRole("link", { name: "Export" })).toBeVisible();
  },
});

export const States = meta.story({ args: { finished: "" } });
