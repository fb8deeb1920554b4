import { Copy, Ellipsis, GitCompare, Pencil, Trash2 } from "lucide-react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { Menu, type MenuProps } from "./Menu.tsx";

const meta = preview.meta({
  title: "Parts/Menu",
  component: Menu,
  args: {
    trigger: (
      <Button look="ghost" icon={Ellipsis} iconOnly>
        More for linen-07
      </Button>
    ),
    placement: "bottom start",
    items: [
      { id: "rename", label: "Rename", icon: Pencil, shortcut: "R" },
      { id: "copy", label: "Copy as YAML", icon: Copy },
      { id: "compare", label: "Compare", icon: GitCompare, isDisabled: true, why: "Needs a second run." },
      { id: "bin", label: "Move to the bin", icon: Trash2, isDanger: true, shortcut: "Del" },
    ],
    onAction: fn(),
  } as MenuProps,
  argTypes: { trigger: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await expect(await screen.findByRole("menuitem", { name: /Rename/ })).toHaveFocus();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onAction).toHaveBeenLastCalledWith("copy");
    await waitFor(() => expect(canvas.getByRole("button", { name: "More for linen-07" })).toHaveFocus());
  },
});

export const Open = meta.story({
  args: {
    items: [
      { title: "This run", items: [{ id: "rename", label: "Rename", icon: Pencil, shortcut: "R" }] },
      {
        title: "Several",
        items: [
          { id: "compare", label: "Compare", icon: GitCompare, isDisabled: true, why: "Needs a second run." },
          { id: "bin", label: "Move to the bin", icon: Trash2, isDanger: true },
        ],
      },
    ],
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "More for linen-07" }));
    const off = await screen.findByRole("menuitem", { name: /Compare/ });
    await expect(off).toHaveAttribute("aria-disabled", "true");
    await waitFor(() => expect(screen.getByText("Needs a second run.")).toBeVisible());
    await expect(args.onAction).not.toHaveBeenCalled();
  },
});
