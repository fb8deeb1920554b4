import { expect, fireEvent, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { threadOf } from "../../ui/thread.ts";
import { chance } from "../samples.ts";
import { Scatter } from "./Scatter.tsx";

const random = chance(3);
const points = [0.5, 0.51, 0.6, 0.4, 1.9].map((x, i) => ({
  id: `run-${i}`,
  label: `linen-0${i + 1}`,
  x,
  y: 1.9 + ((i * 37) % 11) / 90,
  thread: threadOf(i),
}));
const many = Array.from({ length: 20_000 }, (_, i) => ({
  id: String(i),
  label: `row ${i}`,
  x: random() + random() + random(),
  y: random() + random(),
  thread: threadOf(i % 4),
}));
const args = { points, title: "Loss against cost", xLabel: "cost in €", yLabel: "validation loss" };

const meta = preview.meta({ title: "Charts/Scatter", component: Scatter, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    const plot = canvas.getByRole("slider", { name: "Loss against cost" });
    await expect(plot).toHaveFocus();
    await userEvent.keyboard("{End}");
    await expect(plot).toHaveAttribute("aria-valuetext", expect.stringMatching(/^linen-05: cost in € 1.900/));
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("table")).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <Scatter {...args} points={[]} />
      <Scatter {...args} points={[]} status={{ state: "loading", what: "Reading the values" }} />
      <Scatter
        {...args}
        points={[]}
        status={{ state: "error", title: "The values could not be read", reason: "The file is gone." }}
      />
      <Scatter {...args} title="Huge" points={many} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The values could not be read")).toBeVisible();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <Scatter {...args} title="Without names" hasLabels={false} />
      <Scatter {...args} title="One point" points={points.slice(0, 1)} />
    </div>
  ),
});

export const Lassoed = meta.story({
  args: { onLasso: fn() },
  play: async ({ canvas, args }) => {
    const plot = canvas.getByRole("img", { name: "Draw a line around points" });
    const box = plot.getBoundingClientRect();
    const at = (x: number, y: number) => ({
      pointerId: 1,
      clientX: box.left + box.width * x,
      clientY: box.top + box.height * y,
    });
    await fireEvent.pointerDown(plot, at(0.5, 0));
    for (const [x, y] of [
      [1, 0],
      [1, 1],
      [0.5, 1],
      [0.5, 0],
    ] as const)
      await fireEvent.pointerMove(plot, at(x, y));
    await fireEvent.pointerUp(plot, at(0.5, 0));
    await expect(args.onLasso).toHaveBeenCalledWith(["run-4"]);
  },
});
