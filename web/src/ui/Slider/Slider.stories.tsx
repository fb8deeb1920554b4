import { useState } from "react";
import { expect, fireEvent, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { formatRate } from "../format.ts";
import { Slider, type SliderProps } from "./Slider.tsx";

const meta = preview.meta({
  title: "Parts/Slider",
  component: Slider,
  args: {
    label: "Smoothing",
    value: 0.6,
    minimum: 0,
    maximum: 1,
    step: 0.1,
    help: "0 shows every point.",
    onChange: fn(),
  } as SliderProps,
});

function Live(args: SliderProps) {
  const [value, setValue] = useState(args.value);
  return (
    <div className="max-w-80">
      <Slider
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
    const slider = canvas.getByRole("slider", { name: "Smoothing" });
    await userEvent.tab();
    await expect(slider).toHaveFocus();
    await fireEvent.change(slider, { target: { value: "0.7" } });
    await expect(args.onChange).toHaveBeenLastCalledWith(0.7);
    await fireEvent.change(slider, { target: { value: "0" } });
    await expect(args.onChange).toHaveBeenLastCalledWith(0);
    await expect(canvas.getByRole("status")).toHaveTextContent("0");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-80 gap-4">
      <Slider
        {...args}
        label="Rate"
        scale="log"
        value={3e-4}
        minimum={1e-6}
        maximum={1e-2}
        format={formatRate}
      />
      <Slider
        {...args}
        label="Prompts"
        value={8}
        minimum={1}
        maximum={64}
        step={1}
        unit="prompts"
        change={{ was: "4", onReset: fn() }}
      />
      <Slider {...args} label="Disabled" isDisabled waitsFor="Waits for a second point." />
      <Slider {...args} label="Wrong" value={1} error="1 hides every change." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("slider", { name: "Rate" })).toHaveAttribute("aria-valuetext", "3e-4");
  },
});
