import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { TextField, type TextFieldProps } from "./TextField.tsx";

const meta = preview.meta({
  title: "Parts/TextField",
  component: TextField,
  args: {
    label: "Name",
    value: "",
    placeholder: "linen-08",
    help: "Letters, digits and hyphens.",
    onChange: fn(),
    onSubmit: fn(),
  } as TextFieldProps,
  argTypes: { type: { control: "inline-radio", options: ["text", "password", "email", "url"] } },
});

function Live(args: TextFieldProps) {
  const [value, setValue] = useState(args.value);
  return (
    <div className="max-w-80">
      <TextField
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
    await userEvent.tab();
    await expect(canvas.getByRole("textbox", { name: "Name" })).toHaveFocus();
    await userEvent.keyboard("twill-2{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith("twill-2");
    await expect(args.onSubmit).toHaveBeenCalledOnce();
  },
});

export const Password = meta.story({
  args: {
    label: "Access token",
    type: "password" as const,
    value: "loom-secret",
    help: "Stays on this machine.",
  },
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent }) => {
    const input = canvas.getByLabelText("Access token");
    await expect(input).toHaveAttribute("type", "password");
    await userEvent.click(canvas.getByRole("button", { name: "Show what is typed" }));
    await expect(input).toHaveAttribute("type", "text");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[640px] gap-x-6 gap-y-4 sm:grid-cols-2">
      <TextField {...args} label="Empty" />
      <TextField {...args} label="Mono" mono value="runs/linen-07/step-9000" />
      <TextField {...args} label="Read only" isReadOnly value="shop-dialogues v4" />
      <TextField
        {...args}
        label="Disabled"
        isDisabled
        value="loom-base 34M"
        waitsFor="Waits for a data set."
      />
      <TextField {...args} label="Wrong" value="linen 07" error="A name has no spaces." />
      <TextField {...args} label="Long" unit="rows × 2" value={"woven ".repeat(40)} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("textbox", { name: "Disabled" })).toBeDisabled();
    await expect(canvas.getByRole("textbox", { name: "Wrong" })).toBeInvalid();
  },
});
