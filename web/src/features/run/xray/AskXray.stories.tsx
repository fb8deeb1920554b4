import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { AskXray } from "./AskXray.tsx";
import type { XrayState } from "./xrays.ts";

const meta = preview.meta({
  title: "Features/Run/AskXray",
  component: AskXray,
  args: { step: 742, state: { is: "none" } as XrayState, canAsk: true, onAsk: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "X-ray this step" }));
    await expect(args.onAsk).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[420px] gap-6">
      <AskXray {...args} state={{ is: "waiting" }} />
      <AskXray
        {...args}
        state={{ is: "refused", message: "Step 742 was not taken yet; the run is at step 7." }}
      />
      <AskXray {...args} state={{ is: "there" }} />
      <AskXray {...args} canAsk={false} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/The trainer looks at it between two steps/)).toBeVisible();
    await expect(canvas.getByText(/Refused: Step 742 was not taken yet/)).toBeVisible();
    await expect(canvas.getByRole("button", { name: "X-ray again" })).toBeVisible();
    await expect(canvas.getByText(/made while a run trains/)).toBeVisible();
  },
});
