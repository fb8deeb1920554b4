import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { Cell } from "./Cell.tsx";
import { Page } from "./Page.tsx";

const meta = preview.meta({
  title: "Parts/Page",
  component: Page,
  parameters: { layout: "fullscreen" },
  args: {
    children: (
      <>
        <Cell span={8}>
          <Panel title="Loss">Eight columns</Panel>
        </Cell>
        <Cell span={4}>
          <Panel title="Coach">Four columns</Panel>
        </Cell>
        <Panel title="Rows">In no cell: all twelve</Panel>
      </>
    ),
  },
  argTypes: { children: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, canvasElement }) => {
    const loss = canvas.getByRole("region", { name: "Loss" }).getBoundingClientRect();
    const coach = canvas.getByRole("region", { name: "Coach" }).getBoundingClientRect();
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
    if (window.innerWidth > 1100) {
      await expect(coach.left - loss.right).toBe(16);
      await expect(loss.height).toBe(coach.height);
    } else {
      await expect(coach.top).toBeGreaterThanOrEqual(loss.bottom);
    }
  },
});

export const Matrix = meta.story({
  args: {
    children: ([3, 9, 4, 8, 5, 7, 6, 6, 12] as const).map((span, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
      <Cell key={index} span={span}>
        <Panel title={`Span ${span}`}>{span} of 12</Panel>
      </Cell>
    )),
  },
});
