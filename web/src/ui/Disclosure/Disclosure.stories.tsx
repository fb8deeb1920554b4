import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Disclosure, type DisclosureProps } from "./Disclosure.tsx";

const meta = preview.meta({
  title: "Parts/Disclosure",
  component: Disclosure,
  args: {
    title: "Optimizer",
    summary: "AdamW, clip 2.0",
    children: "Fields stand here.",
    onExpandedChange: fn(),
  } as DisclosureProps,
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const button = canvas.getByRole("button", { name: /Optimizer/ });
    await expect(button).toHaveAttribute("aria-expanded", "false");
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await expect(args.onExpandedChange).toHaveBeenLastCalledWith(true);
    await expect(canvas.getByText("Fields stand here.")).toBeVisible();
    await userEvent.click(button);
    await expect(button).toHaveAttribute("aria-expanded", "false");
  },
});

export const States = meta.story({
  render: () => (
    <div className="overflow-hidden rounded-panel border border-line bg-surface">
      <Disclosure title="Optimizer" errorCount={1} summary="AdamW" defaultExpanded>
        Warm-up is 3, the most is 0.5.
      </Disclosure>
      <Disclosure title="Data and template" summary="loom-chat, packed, end marker trained">
        Closed.
      </Disclosure>
      <Disclosure title="Limits" summary={"a summary that is far too long ".repeat(8)} errorCount={3}>
        Closed.
      </Disclosure>
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("1 value needs a look")).toBeVisible();
    await expect(canvas.getByText("3 values need a look")).toBeVisible();
  },
});
