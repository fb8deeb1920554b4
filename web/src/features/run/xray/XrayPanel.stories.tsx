import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeXray } from "../../../testing/xray.ts";
import type { Xrays } from "./useXray.ts";
import XrayPanel from "./XrayPanel.tsx";
import { type XrayState, xraysOf } from "./xrays.ts";

const xrays = (change: Partial<Xrays> = {}): Xrays => ({
  all: xraysOf([fakeXray(742), fakeXray(560, 1)]),
  canAsk: true,
  asked: null,
  stateOf: () => ({ is: "none" }),
  ask: fn(),
  ...change,
});
const asked = (step: number, state: XrayState, all: Xrays["all"] = []) =>
  xrays({ all, asked: step, stateOf: () => state });

const meta = preview.meta({
  title: "Features/Run/XrayPanel",
  component: XrayPanel,
  args: {
    xrays: xrays(),
    step: 940,
    dataset: "shop-dialogues",
    search: {} as Record<string, string>,
    onSearch: fn(),
    checkpoints: [600, 700, 800],
    onLeaveOut: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const leave = canvas.getByRole("button", { name: "Leave these rows out in a new run" });
    await expect(leave).toBeDisabled();
    await userEvent.click(canvas.getByRole("checkbox", { name: "Row 204" }));
    await userEvent.click(canvas.getByRole("checkbox", { name: "Row 17" }));
    await expect(canvas.getByText("2 rows chosen")).toBeVisible();
    await userEvent.click(leave);
    await expect(args.onLeaveOut).toHaveBeenCalledWith([204, 17], null);
    await userEvent.click(canvas.getByRole("button", { name: "Leave them out and go on from step 700" }));
    await expect(args.onLeaveOut).toHaveBeenLastCalledWith([204, 17], 700);
    await expect(canvas.getByRole("link", { name: "Open Row 17" })).toHaveAttribute(
      "href",
      "/data/shop-dialogues?tab=rows&row=17&open=17",
    );
    const text = canvas.getByRole("group", { name: /^Row 17: arrow keys/ });
    await expect(text).toHaveAccessibleDescription(/" Xq7" loss 11.2/);
    text.focus();
    await userEvent.keyboard("{ArrowRight}");
    await expect(text).toHaveAccessibleDescription(/"#@" loss 8.9/);
    await userEvent.keyboard("{Home}");
    await expect(text).toHaveAccessibleDescription(/was read only/);
    await userEvent.click(canvas.getByRole("button", { name: "Show all 16" }));
    await expect(canvas.getAllByRole("checkbox")).toHaveLength(16);
    await userEvent.click(canvas.getByRole("switch", { name: /Write the loss/ }));
    await userEvent.type(canvas.getByRole("textbox", { name: /Step/ }), "800");
    await userEvent.click(canvas.getByRole("button", { name: "X-ray" }));
    await expect(args.xrays.ask).toHaveBeenCalledWith(800);
    await expect(args.onSearch).toHaveBeenCalledWith({ xray: "800" });
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <XrayPanel {...args} xrays={xrays({ all: [] })} />
      <XrayPanel {...args} xrays={asked(742, { is: "waiting" })} />
      <XrayPanel
        {...args}
        xrays={asked(3, {
          is: "refused",
          message:
            "The rows of step 3 cannot be told any more: the data or the accumulation was changed since.",
        })}
      />
      <XrayPanel {...args} xrays={xrays({ canAsk: false })} search={{ xray: "560" }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByText("No X-ray yet")).toHaveLength(3);
    await expect(canvas.getByText(/Step 742 is asked for/)).toBeVisible();
    await expect(canvas.getByText(/Refused: The rows of step 3 cannot be told/)).toBeVisible();
    await expect(canvas.getByText(/over one row of step 560/)).toBeVisible();
  },
});

export const Huge = meta.story({
  args: { xrays: xrays({ all: xraysOf([fakeXray(742, 900, 120)]) }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Show all 32" }));
    await expect(canvas.getByText("and 868 more with less loss")).toBeVisible();
  },
});
