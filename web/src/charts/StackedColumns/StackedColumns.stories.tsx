import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { StackedColumns } from "./StackedColumns.tsx";

const wave = (base: number, count: number) =>
  Array.from({ length: count }, (_, at) => base * (1 + 0.2 * Math.sin(at / 3)));
const partsOf = (count: number) => [
  { id: "data", label: "Data", heat: 2 as const, values: wave(0.004, count) },
  { id: "forward", label: "Forward", heat: 4 as const, values: wave(0.028, count) },
  { id: "backward", label: "Backward", heat: 6 as const, values: wave(0.047, count) },
  { id: "optimizer", label: "Optimizer", heat: 3 as const, values: wave(0.006, count) },
];
const args = {
  parts: partsOf(40),
  columnLabel: (column: number) => String(1 + column * 25),
  title: "Seconds a step",
  format: (value: number) => `${(value * 1000).toFixed(0)} ms`,
};

const meta = preview.meta({ title: "Charts/StackedColumns", component: StackedColumns, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    const plot = canvas.getByRole("slider", { name: "Seconds a step" });
    await expect(plot).toHaveFocus();
    await userEvent.keyboard("{Home}{ArrowRight}");
    await expect(plot).toHaveAttribute(
      "aria-valuetext",
      expect.stringMatching(/^26: 91 ms \(Data 4 ms, Forward/),
    );
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("table")).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <StackedColumns {...args} parts={[]} />
      <StackedColumns {...args} parts={[]} status={{ state: "loading", what: "Reading the times" }} />
      <StackedColumns {...args} parts={partsOf(1)} />
      <StackedColumns
        {...args}
        parts={[
          { id: "gap", label: "Gaps", heat: 4, values: [0.01, Number.NaN, 0, 0.02] },
          { id: "nothing", label: "Nothing", heat: 6, values: [0, 0, 0, 0] },
        ]}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No values yet")).toBeVisible();
  },
});

export const Narrow = meta.story({
  render: () => (
    <div className="w-72">
      <StackedColumns {...args} parts={partsOf(48)} />
    </div>
  ),
});
