import { ChartLine, Table2 } from "lucide-react";
import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Segmented, type SegmentedProps } from "./Segmented.tsx";

const LEVELS = [
  { id: "beginner", label: "Beginner" },
  { id: "advanced", label: "Advanced" },
  { id: "expert", label: "Expert" },
];
const VIEWS = [
  { id: "chart", label: "Chart", icon: ChartLine },
  { id: "table", label: "Table", icon: Table2 },
];

const meta = preview.meta({
  title: "Parts/Segmented",
  component: Segmented,
  args: { label: "How much to show", options: LEVELS, value: "advanced", onChange: fn() } as SegmentedProps,
  argTypes: { size: { control: "inline-radio", options: ["medium", "small"] } },
});

function Live(args: SegmentedProps) {
  const [value, setValue] = useState(args.value);
  return (
    <Segmented
      {...args}
      value={value}
      onChange={(next) => {
        setValue(next);
        args.onChange(next);
      }}
    />
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}{Enter}");
    await userEvent.click(canvas.getByRole("radio", { name: "Expert" }));
    await expect(args.onChange).toHaveBeenLastCalledWith("expert");
    await userEvent.click(canvas.getByRole("radio", { name: "Beginner" }));
    await expect(args.onChange).toHaveBeenLastCalledWith("beginner");
    await expect(canvas.getByRole("radio", { name: "Beginner" })).toBeChecked();
  },
});

export const Matrix = meta.story({
  render: (args) => (
    <div className="grid justify-items-start gap-3">
      <Segmented {...args} />
      <Segmented {...args} label="Small" size="small" />
      <Segmented {...args} label="Icons and words" options={VIEWS} value="chart" />
      <Segmented {...args} label="Icons" options={VIEWS} value="table" iconOnly size="small" />
      <Segmented {...args} label="Disabled" isDisabled />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("radiogroup")).toHaveLength(5);
  },
});
