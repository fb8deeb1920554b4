import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { StopDialog } from "./StopDialog.tsx";

const meta = preview.meta({
  title: "Features/Run/StopDialog",
  component: StopDialog,
  args: {
    isOpen: true,
    onOpenChange: fn(),
    name: "linen-07",
    step: 940,
    isTraining: true,
    isNow: false,
    lastSaved: 800,
    onStop: fn(async () => undefined),
  },
});

export const Playground = meta.story({
  play: async ({ userEvent, args }) => {
    await waitFor(() => expect(screen.getByText("Stop linen-07 at step 940?")).toBeVisible());
    await userEvent.keyboard("{Tab}{Enter}");
    await expect(args.onStop).toHaveBeenCalled();
  },
});

export const States = meta.story({
  args: { isNow: true },
  play: async () => {
    await waitFor(() => expect(screen.getByText(/checkpoint of step 800 stays/)).toBeVisible());
  },
});
