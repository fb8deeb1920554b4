import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { DrillDialog } from "./DrillDialog.tsx";

const meta = preview.meta({
  title: "Features/Run/DrillDialog",
  component: DrillDialog,
  args: { isOpen: true, onOpenChange: fn(), step: 742, lastSaved: 700, onDrill: fn(async () => {}) },
});

export const Playground = meta.story({
  play: async ({ userEvent, args }) => {
    await expect(
      await screen.findByText(/from the checkpoint of step 700; the 42 steps since then/),
    ).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Kill and recover" }));
    await expect(args.onDrill).toHaveBeenCalledOnce();
  },
});

export const JustSaved = meta.story({
  args: { step: 700 },
  play: async ({ userEvent, args }) => {
    await expect(await screen.findByText(/the 0 steps since then/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Keep training" }));
    await expect(args.onDrill).not.toHaveBeenCalled();
  },
});
