import { useRef, useState } from "react";
import { expect, fireEvent } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { LineChartHandle, LineChartView } from "../types.ts";
import { ChartToolbar, type ChartToolbarProps } from "./ChartToolbar.tsx";

const start: LineChartView = {
  smoothing: 0.6,
  yLog: false,
  xKind: "step",
  clipOutliers: false,
  asTable: false,
};

function Held({ xKinds = ["step"] }: Partial<ChartToolbarProps>) {
  const chart = useRef<LineChartHandle>(null);
  const [view, setView] = useState(start);
  return (
    <ChartToolbar
      view={view}
      chart={chart}
      xKinds={xKinds}
      onChange={(change) => setView({ ...view, ...change })}
    />
  );
}

const meta = preview.meta({ title: "Charts/ChartToolbar", component: Held });

export const Playground = meta.story({
  args: { xKinds: ["step", "tokens", "time"] },
  play: async ({ canvas, userEvent }) => {
    await fireEvent.change(canvas.getByRole("slider", { name: "smoothing" }), { target: { value: "0.9" } });
    await expect(canvas.getByText("0.90")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Tokens" }));
    await expect(canvas.getByRole("button", { name: "Tokens" })).toHaveAttribute("aria-pressed", "true");
    canvas.getByRole("button", { name: "log" }).focus();
    await userEvent.keyboard("{Enter}");
    await expect(canvas.getByRole("button", { name: "log" })).toHaveAttribute("aria-pressed", "true");
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("button", { name: "Save as PNG" })).toBeDisabled();
  },
});

export const Matrix = meta.story({ render: () => <Held /> });
