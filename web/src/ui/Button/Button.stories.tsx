import { Pause, Play, Trash2 } from "lucide-react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "./Button.tsx";

const meta = preview.meta({
  title: "Parts/Button",
  component: Button,
  args: { children: "Save checkpoint", look: "secondary" as const, size: "medium" as const, onPress: fn() },
  argTypes: {
    look: { control: "inline-radio", options: ["primary", "secondary", "ghost", "danger"] },
    size: { control: "inline-radio", options: ["medium", "small"] },
    icon: { control: false },
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const button = canvas.getByRole("button", { name: "Save checkpoint" });
    await userEvent.tab();
    await expect(button).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await userEvent.click(button);
    await expect(args.onPress).toHaveBeenCalledTimes(2);
  },
});

export const States = meta.story({
  render: () => (
    <div className="flex flex-wrap items-center gap-2">
      <Button>At rest</Button>
      <Button isDisabled why="Nothing was changed yet.">
        Disabled
      </Button>
      <Button isPending icon={Pause}>
        Pausing
      </Button>
      <Button icon={Play} look="primary">
        Start training
      </Button>
      <Button iconOnly icon={Trash2} look="ghost">
        Delete run
      </Button>
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: "Disabled" })).toBeDisabled();
    await expect(canvas.getByRole("button", { name: "Disabled" })).toHaveAccessibleDescription(
      "Nothing was changed yet.",
    );
    await expect(canvas.getByRole("button", { name: "Delete run" })).toHaveAttribute("title", "Delete run");
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid grid-cols-[repeat(3,max-content)] gap-3">
      {(["primary", "secondary", "ghost", "danger"] as const).flatMap((look) => [
        <Button key={`${look}-medium`} look={look} icon={Play}>
          {look}
        </Button>,
        <Button key={`${look}-small`} look={look} size="small">
          {look}
        </Button>,
        <Button key={`${look}-off`} look={look} isDisabled>
          {look}
        </Button>,
      ])}
    </div>
  ),
});
