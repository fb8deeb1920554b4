import { useState } from "react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { ComboBox, type ComboBoxProps } from "./ComboBox.tsx";

const MODELS = Array.from({ length: 60 }, (_, n) => ({ id: `loom-${n}`, label: `loom-base ${n}M` }));

const meta = preview.meta({
  title: "Parts/ComboBox",
  component: ComboBox,
  args: {
    label: "Base model",
    options: MODELS,
    value: null as string | null,
    placeholder: "Type a part of its name",
    onChange: fn(),
    onQueryChange: fn(),
  } as ComboBoxProps,
});

function Live(args: ComboBoxProps) {
  const [value, setValue] = useState(args.value);
  return (
    <div className="max-w-80">
      <ComboBox
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
    const input = canvas.getByRole("combobox", { name: "Base model" });
    await userEvent.click(input);
    await userEvent.keyboard("34");
    await expect(await screen.findAllByRole("option")).toHaveLength(1);
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith("loom-34");
    await expect(input).toHaveValue("loom-base 34M");
    await expect(args.onQueryChange).toHaveBeenCalledWith("34");
  },
});

export const CustomValue = meta.story({
  args: { label: "Scheduler", allowsCustomValue: true, options: [{ id: "cosine", label: "cosine" }] },
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.type(canvas.getByRole("combobox", { name: "Scheduler" }), "my_plugin.ramp");
    await userEvent.tab();
    await expect(args.onChange).toHaveBeenLastCalledWith("my_plugin.ramp");
    await expect(canvas.getByRole("combobox", { name: "Scheduler" })).toHaveValue("my_plugin.ramp");
  },
});

export const NothingFound = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole("combobox", { name: "Base model" }), "zzz");
    await waitFor(() => expect(screen.getByText("Nothing has this name")).toBeVisible());
    await userEvent.tab();
    await expect(canvas.getByRole("combobox", { name: "Base model" })).toHaveValue("");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[640px] gap-x-6 gap-y-4 sm:grid-cols-2">
      <ComboBox {...args} label="Chosen" value="loom-34" />
      <ComboBox {...args} label="Loading" options={[]} isLoading />
      <ComboBox {...args} label="Wrong" value="loom-59" error="loom-base 59M does not fit." />
      <ComboBox {...args} label="Disabled" isDisabled waitsFor="Waits for a data set." />
    </div>
  ),
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByRole("combobox", { name: "Chosen" })).toHaveValue("loom-base 34M");
    await userEvent.click(canvas.getByRole("combobox", { name: "Loading" }));
    await waitFor(() => expect(screen.getByText("Loading the list")).toBeVisible());
    await userEvent.keyboard("{Escape}");
  },
});
