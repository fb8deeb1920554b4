import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { Popover, type PopoverProps } from "./Popover.tsx";

const meta = preview.meta({
  title: "Parts/Popover",
  component: Popover,
  args: {
    trigger: <Button>Filter</Button>,
    label: "Filter runs",
    children: "Controls stand here.",
    onOpenChange: fn(),
  } as PopoverProps,
  argTypes: { trigger: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByRole("dialog", { name: "Filter runs" })).toBeVisible());
    await expect(args.onOpenChange).toHaveBeenLastCalledWith(true);
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(canvas.getByRole("button", { name: "Filter" })).toHaveFocus());
  },
});

export const ClosesItself = meta.story({
  args: { children: (close: () => void) => <Button onPress={close}>Apply</Button> },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Filter" }));
    await userEvent.click(await screen.findByRole("button", { name: "Apply" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  },
});

export const Open = meta.story({
  args: { isOpen: true },
  play: async () => {
    await waitFor(() => expect(screen.getByRole("dialog", { name: "Filter runs" })).toBeVisible());
  },
});
