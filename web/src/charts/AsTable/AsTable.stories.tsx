import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { runs } from "../samples.ts";
import { AsTable } from "./AsTable.tsx";

const args = { series: runs(5, 40), x: { kind: "step" as const, label: "step" }, title: "Training loss" };

const meta = preview.meta({ title: "Charts/AsTable", component: AsTable, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await expect(canvas.getByRole("region", { name: "Training loss" })).toHaveFocus();
    await expect(canvas.getByRole("columnheader", { name: "linen-03" })).toBeVisible();
  },
});

export const States = meta.story({
  render: () => <AsTable {...args} title="More positions than rows" series={runs(3, 4000)} most={30} />,
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The first 30 positions; the CSV holds all.")).toBeVisible();
  },
});
