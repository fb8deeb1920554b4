import { Play } from "lucide-react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { StartCard } from "./StartCard.tsx";

const meta = preview.meta({
  title: "Features/Home/StartCard",
  component: StartCard,
  args: {
    title: "First model",
    about: "A tiny model learns an invented language from nothing while you watch. Nothing is downloaded.",
    note: "≈ 1 min",
    icon: Play,
    onPress: fn(),
  },
  argTypes: { icon: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: /First model/ })).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await expect(args.onPress).toHaveBeenCalledOnce();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[900px] grid-cols-3 gap-3 max-sm:grid-cols-1">
      <StartCard {...args} />
      <StartCard {...args} isPrimary />
      <StartCard {...args} isPending />
      <StartCard
        {...args}
        why="There is no source of kind flowroll. Install the plugin tokenloom-flowroll."
      />
    </div>
  ),
  play: async ({ canvas, userEvent, args }) => {
    const off = canvas.getAllByRole("button").at(-1) as HTMLElement;
    await expect(off).toBeDisabled();
    await userEvent.click(off);
    await expect(args.onPress).not.toHaveBeenCalled();
  },
});
