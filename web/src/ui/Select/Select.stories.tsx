import { useState } from "react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Select, type SelectProps } from "./Select.tsx";

const METHODS = [
  { id: "lora", label: "LoRA", description: "Trains small added matrices; the base stays as it is." },
  { id: "full", label: "Full", description: "Trains every weight." },
  { id: "qlora", label: "QLoRA", isDisabled: true, why: "Needs a CUDA GPU; this machine has none." },
];

const meta = preview.meta({
  title: "Parts/Select",
  component: Select,
  args: {
    label: "Method",
    options: METHODS,
    value: "lora" as string | null,
    help: "Trains small added matrices; the base stays as it is.",
    onChange: fn(),
  } as SelectProps,
});

function Live(args: SelectProps) {
  const [value, setValue] = useState(args.value);
  return (
    <div className="max-w-80">
      <Select
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
    const button = canvas.getByRole("button", { name: /Method/ });
    await expect(button).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await expect(await screen.findByRole("option", { name: /QLoRA/ })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith("full");
    await waitFor(() => expect(button).toHaveFocus());
    await expect(button).toHaveTextContent("Full");
  },
});

export const Sections = meta.story({
  args: {
    label: "Metric",
    value: null,
    placeholder: "Choose a metric",
    help: undefined,
    options: [
      {
        title: "Loss",
        options: [
          { id: "train", label: "Training loss" },
          { id: "val", label: "Validation loss" },
        ],
      },
      { title: "Speed", options: [{ id: "tok", label: "Tokens a second" }] },
    ],
  },
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /Metric/ }));
    await waitFor(() => expect(screen.getByText("Speed")).toBeVisible());
    await userEvent.click(screen.getByRole("option", { name: "Tokens a second" }));
    await expect(args.onChange).toHaveBeenLastCalledWith("tok");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[640px] gap-x-6 gap-y-4 sm:grid-cols-2">
      <Select {...args} label="Empty" value={null} />
      <Select {...args} label="Changed" change={{ was: "Full", onReset: fn() }} />
      <Select
        {...args}
        label="Wrong"
        error="Full does not fit: 31 of 16 GB."
        fix={{ label: "Use LoRA", onApply: fn() }}
      />
      <Select {...args} label="Disabled" isDisabled waitsFor="Waits for a base model." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: /Disabled/ })).toBeDisabled();
  },
});
