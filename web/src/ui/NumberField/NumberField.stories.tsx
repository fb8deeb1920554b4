import { useState } from "react";
import { expect, fireEvent, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { NumberField, type NumberFieldProps } from "./NumberField.tsx";

const meta = preview.meta({
  title: "Parts/NumberField",
  component: NumberField,
  args: {
    label: "Learning rate",
    value: 3e-4 as number | null,
    minimum: 1e-6,
    maximum: 1e-2,
    scale: "log" as const,
    help: "1e-5 to 5e-4 for LoRA. Cosine, 3 % warm-up.",
    onChange: fn(),
  } as NumberFieldProps,
  argTypes: { scale: { control: "inline-radio", options: ["linear", "log"] } },
});

function Live(args: NumberFieldProps) {
  const [value, setValue] = useState(args.value);
  return (
    <div className="max-w-80">
      <NumberField
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
    const input = canvas.getByRole("textbox", { name: "Learning rate" });
    await expect(input).toHaveValue("3e-4");
    await userEvent.tab();
    await userEvent.keyboard("{ArrowUp}");
    await expect(args.onChange).toHaveBeenLastCalledWith(5e-4);
    await userEvent.clear(input);
    await userEvent.type(input, "2.0e-4");
    await expect(args.onChange).toHaveBeenLastCalledWith(2e-4);
    await userEvent.tab();
    await expect(input).toHaveValue("2e-4");
  },
});

export const WrongInput = meta.story({
  args: {
    label: "Rows",
    value: 12_000,
    scale: "linear" as const,
    integer: true,
    minimum: 1,
    maximum: 50_000,
    unit: "rows",
  },
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args, step }) => {
    const input = canvas.getByRole("textbox", { name: "Rows" });
    await expect(input).toHaveValue("12,000");
    await step("no number: kept and not passed on", async () => {
      await userEvent.clear(input);
      await userEvent.type(input, "many");
      await userEvent.tab();
      await expect(input).toHaveValue("many");
      await expect(canvas.getByText("“many” is not a number.")).toBeVisible();
      await expect(args.onChange).not.toHaveBeenCalledWith(Number.NaN);
    });
    await step("out of range: kept, passed on, said", async () => {
      await userEvent.clear(input);
      await userEvent.type(input, "60,000");
      await expect(args.onChange).toHaveBeenLastCalledWith(60_000);
      await expect(input).toHaveAccessibleDescription(/60,000 is outside 1 to 50,000/);
    });
    await step("repaired", async () => {
      await userEvent.clear(input);
      await userEvent.type(input, "9412");
      await userEvent.tab();
      await expect(input).toHaveValue("9,412");
      await expect(input).toBeValid();
    });
  },
});

export const WithSlider = meta.story({
  args: { slider: true },
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await userEvent.tab();
    const slider = canvas.getByRole("slider", { name: "Learning rate" });
    await expect(slider).toHaveFocus();
    await fireEvent.change(slider, { target: { value: "200" } });
    await expect(args.onChange).toHaveBeenLastCalledWith(1e-2);
    await expect(canvas.getByRole("textbox", { name: "Learning rate" })).toHaveValue("0.01");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[640px] gap-x-6 gap-y-4 sm:grid-cols-2">
      <NumberField {...args} label="Stop after" value={null} emptyMeans="no limit" unit="h" />
      <NumberField
        {...args}
        label="Context"
        scale="linear"
        integer
        maximum={8192}
        value={1536}
        unit="tokens"
        change={{ was: "1,024", onReset: fn() }}
      />
      <NumberField
        {...args}
        label="Warm-up"
        scale="linear"
        value={3}
        minimum={0}
        maximum={0.5}
        unit="of steps"
        fix={{ label: "Use 0.03", onApply: fn() }}
      />
      <NumberField
        {...args}
        label="Adapters"
        value={16}
        isDisabled
        waitsFor="Waits for LoRA: full training has no adapters."
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByPlaceholderText("no limit")).toBeVisible();
    await expect(canvas.getByRole("textbox", { name: "Warm-up" })).toBeInvalid();
  },
});
