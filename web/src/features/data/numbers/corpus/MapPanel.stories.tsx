import { expect, fireEvent, fn, screen } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { fakeMap } from "../../../../testing/inspection.ts";
import { MapPanel } from "./MapPanel.tsx";

const meta = preview.meta({
  title: "Features/Data/CorpusMap",
  component: MapPanel,
  args: { map: fakeMap(), onRows: fn(), onRow: fn(), onRetry: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /Choose a group/ }));
    await userEvent.click(await screen.findByRole("option", { name: "open, nine, day" }));
    await expect(canvas.getByText("20 rows chosen")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Show them in the table" }));
    await expect(args.onRows).toHaveBeenCalledWith(expect.arrayContaining([2, 5, 8]));
  },
});

export const DrawnAround = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("switch", { name: "Choose by drawing around rows" }));
    const plot = await canvas.findByRole("img", { name: "Draw a line around points" });
    const box = plot.getBoundingClientRect();
    const at = (x: number, y: number) => ({
      pointerId: 1,
      clientX: box.left + box.width * x,
      clientY: box.top + box.height * y,
    });
    await fireEvent.pointerDown(plot, at(0, 0));
    for (const [x, y] of [
      [0.4, 0],
      [0.4, 1],
      [0, 1],
      [0, 0],
    ] as const) {
      await fireEvent.pointerMove(plot, at(x, y));
    }
    await fireEvent.pointerUp(plot, at(0, 0));
    await expect(await canvas.findByText("20 rows chosen")).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <MapPanel {...args} map={null} />
      <MapPanel {...args} map={null} error={new Error("There is no split “tset”.")} />
      <MapPanel {...args} map={fakeMap(0)} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("There is no split “tset”.")).toBeVisible();
    await expect(canvas.getByText("No rows in this part")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: { map: fakeMap(20_000) },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("20,000 rows")).toBeVisible();
  },
});
