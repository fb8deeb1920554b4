import { useRef, useState } from "react";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { ChartToolbar } from "../ChartToolbar/ChartToolbar.tsx";
import { bucketed, events, runs, trainAndValidation } from "../samples.ts";
import type { LineChartHandle, LineChartView, LineSeries } from "../types.ts";
import { LineChart, type LineChartProps } from "./LineChart.tsx";

const step = { kind: "step", label: "step" } as const;

const meta = preview.meta({
  title: "Charts/LineChart",
  component: LineChart,
  args: {
    series: trainAndValidation(),
    x: step,
    title: "Loss",
    smoothing: 0.6,
    height: 260,
    best: "min" as const,
    markers: events(fn()),
    onRange: undefined,
  } as LineChartProps,
  argTypes: {
    smoothing: { control: { type: "range", min: 0, max: 0.99, step: 0.01 } },
    best: { control: "inline-radio", options: [undefined, "min", "max"] },
    series: { control: false },
    markers: { control: false },
    actions: { control: false },
    status: { control: false },
    ref: { control: false },
  },
});

/** The chart's canvas has more than its background on it. */
async function painted(root: HTMLElement): Promise<void> {
  await waitFor(() => {
    const canvas = root.querySelector("canvas");
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    expect(pixels.some((value) => value > 0)).toBe(true);
  });
}

export const Playground = meta.story({
  play: async ({ canvas, canvasElement, userEvent }) => {
    await painted(canvasElement);
    const plot = await canvas.findByRole("slider", { name: "Loss" });
    await expect(canvas.getByText(/Loss over 9,412 steps. Latest: train/)).toBeInTheDocument();
    await userEvent.tab();
    await expect(plot).toHaveFocus();
    await userEvent.keyboard("{End}{ArrowLeft}");
    await expect(plot).toHaveAttribute("aria-valuetext", "Step 9,396");
    const tip = canvasElement.querySelector("[data-part=tip]");
    await expect(tip).toHaveTextContent(/validation.*train/);
    await waitFor(() => expect(canvas.getByRole("status")).toHaveTextContent(/^Step 9,396: /), {
      timeout: 5000,
    });
    await userEvent.keyboard("+");
    await expect(await canvas.findByRole("button", { name: "Reset zoom" })).toBeVisible();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(canvas.queryByRole("button", { name: "Reset zoom" })).toBeNull());
    await userEvent.keyboard("m{ArrowRight}{Enter}");
    await expect(canvas.getByRole("button", { name: "Checkpoint at step 3,000: 68 MB" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await userEvent.click(canvas.getByRole("button", { name: "2 events near step 7,420" }));
    await userEvent.click(canvas.getByRole("button", { name: /Anomaly at step 7,420/ }));
  },
});

function WithTools({ series, kinds }: { series: LineSeries[]; kinds?: boolean }) {
  const chart = useRef<LineChartHandle>(null);
  const [view, setView] = useState<LineChartView>({
    smoothing: 0.6,
    yLog: false,
    xKind: "step",
    clipOutliers: false,
    asTable: false,
  });
  return (
    <LineChart
      ref={chart}
      series={series}
      x={{ kind: view.xKind, label: view.xKind }}
      title="Training loss"
      smoothing={view.smoothing}
      yLog={view.yLog}
      clipOutliers={view.clipOutliers}
      asTable={view.asTable}
      baselineId="run-3"
      focusId="run-1"
      actions={
        <ChartToolbar
          view={view}
          onChange={(change) => setView({ ...view, ...change })}
          xKinds={kinds ? ["step", "tokens", "time"] : ["step"]}
          chart={chart}
        />
      }
    />
  );
}

export const Compare = meta.story({
  render: () => <WithTools series={runs(5)} kinds />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    await painted(canvasElement);
    const plot = await canvas.findByRole("slider", { name: "Training loss" });
    const box = plot.getBoundingClientRect();
    const at = (share: number) => ({ clientX: box.left + box.width * share, clientY: box.top + 40 });
    await userEvent.pointer({ target: plot, coords: at(0.6) });
    const tip = await waitFor(() => {
      const found = canvasElement.querySelector<HTMLElement>("[data-part=tip]");
      if (!found) throw new Error("no tooltip");
      return found;
    });
    if (box.width > 600)
      await expect(tip.getBoundingClientRect().right).toBeLessThan(box.left + box.width * 0.6);
    await expect(tip.querySelectorAll("tbody tr")).toHaveLength(5);
    await expect(tip).toHaveTextContent(/linen-05.*linen-01/);
    await userEvent.pointer([
      { keys: "[MouseLeft>]", target: plot, coords: at(0.3) },
      { target: plot, coords: at(0.6) },
      { keys: "[/MouseLeft]", target: plot, coords: at(0.6) },
    ]);
    await expect(await canvas.findByRole("button", { name: "Reset zoom" })).toBeVisible();
    await userEvent.dblClick(plot);
    await waitFor(() => expect(canvas.queryByRole("button", { name: "Reset zoom" })).toBeNull());
    await userEvent.click(canvas.getByRole("button", { name: "linen-05" }));
    await expect(canvas.getByRole("button", { name: "linen-05" })).toHaveAttribute("aria-pressed", "false");
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(await canvas.findByRole("table", { name: "Training loss" })).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await painted(canvasElement);
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-4 sm:grid-cols-2">
      <LineChart series={[]} x={step} title="Empty" height={160} />
      <LineChart
        series={[]}
        x={step}
        title="Loading"
        height={160}
        status={{ state: "loading", progress: 0.4 }}
      />
      <LineChart
        series={[]}
        x={step}
        title="Error"
        height={160}
        status={{
          state: "error",
          title: "The metrics could not be read",
          reason: "The run’s folder is not mounted. Training is not touched.",
          onRetry: fn(),
          onCopyReport: fn(),
        }}
      />
      <LineChart series={runs(24)} x={step} title="Huge" height={160} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No values yet")).toBeVisible();
    await expect(canvas.getByRole("button", { name: "Try again" })).toBeVisible();
    await expect(await canvas.findByRole("slider", { name: "Huge" })).toBeVisible();
  },
});

const gaps = runs(1).map((each) => ({
  ...each,
  y: each.y.map((value, i) => (i > 150 && i < 200 ? Number.NaN : value)),
}));
const rates = runs(1).map((each) => ({ ...each, y: each.x.map((at) => 3e-4 * Math.cos(at / 8000) ** 2) }));

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <LineChart
        series={runs(1)}
        x={step}
        title="A lone run is solid"
        height={180}
        syncKey="matrix"
        smoothing={0.8}
      />
      <LineChart
        series={bucketed()}
        x={step}
        title="Buckets keep their spikes"
        height={180}
        syncKey="matrix"
      />
      <LineChart
        series={bucketed()}
        x={step}
        title="Outliers clipped"
        height={180}
        clipOutliers
        syncKey="matrix"
      />
      <LineChart series={gaps} x={step} title="A gap stays a gap" height={180} syncKey="matrix" />
      <LineChart series={runs(3)} x={step} title="Logarithmic" height={180} yLog syncKey="matrix" />
      <LineChart series={rates} x={step} title="Learning rate" height={180} syncKey="matrix" />
      <LineChart
        series={runs(2, 200, 4e8)}
        x={{ kind: "tokens", label: "tokens" }}
        title="Over tokens"
        height={180}
      />
      <LineChart
        series={runs(2, 200, 5400)}
        x={{ kind: "time", label: "time" }}
        title="Over time"
        height={180}
      />
    </div>
  ),
  play: async ({ canvas, canvasElement, userEvent }) => {
    const plot = await canvas.findByRole("slider", { name: "A lone run is solid" });
    await painted(canvasElement);
    plot.focus();
    await userEvent.keyboard("{End}{Shift>}{ArrowLeft}{/Shift}");
    await waitFor(() => expect(canvasElement.querySelectorAll("[data-part=crosshair]")).toHaveLength(6));
  },
});
