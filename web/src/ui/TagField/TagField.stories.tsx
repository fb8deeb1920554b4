import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { TagField, type TagFieldProps } from "./TagField.tsx";

const meta = preview.meta({
  title: "Parts/TagField",
  component: TagField,
  args: {
    label: "Target modules",
    value: ["q_proj", "v_proj"] as readonly string[],
    suggestions: ["q_proj", "k_proj", "v_proj", "o_proj"],
    mono: true,
    help: "Layers that get an adapter.",
    onChange: fn(),
  } as TagFieldProps,
});

function Live(args: TagFieldProps) {
  const [value, setValue] = useState(args.value);
  return (
    <div className="max-w-96">
      <TagField
        {...args}
        value={value}
        onChange={(next) => {
          setValue(next);
          args.onChange(next);
        }}
      />
    </div>
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    const input = canvas.getByRole("textbox", { name: "Target modules" });
    await userEvent.type(input, "up_proj{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith(["q_proj", "v_proj", "up_proj"]);
    await userEvent.keyboard("{Backspace}");
    await expect(args.onChange).toHaveBeenLastCalledWith(["q_proj", "v_proj"]);
    await userEvent.click(canvas.getByRole("button", { name: "Remove q_proj" }));
    await expect(args.onChange).toHaveBeenLastCalledWith(["v_proj"]);
    await userEvent.click(canvas.getByRole("button", { name: "Add k_proj" }));
    await expect(args.onChange).toHaveBeenLastCalledWith(["v_proj", "k_proj"]);
    await userEvent.click(input);
    await userEvent.paste("a, b\nc");
    await expect(args.onChange).toHaveBeenLastCalledWith(["v_proj", "k_proj", "a", "b", "c"]);
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-96 gap-4">
      <TagField {...args} label="Empty" value={[]} placeholder="Add a label" mono={false} suggestions={[]} />
      <TagField
        {...args}
        label="Many"
        value={Array.from({ length: 24 }, (_, n) => `layers.${n}.mlp`)}
        suggestions={[]}
      />
      <TagField {...args} label="Wrong" error="No layer is called w_proj." value={["w_proj"]} />
      <TagField {...args} label="Disabled" isDisabled waitsFor="Waits for LoRA." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("textbox", { name: "Disabled" })).toBeDisabled();
  },
});
