import { useEffect, useMemo, useState } from "react";
import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { curve, grid, runs } from "../samples.ts";
import { LineChart } from "./LineChart.tsx";

const step = { kind: "step", label: "step" } as const;
const meta = preview.meta({ title: "Charts/LineChart/Stress", component: LineChart, tags: ["!autodocs"] });

function Million() {
  const series = useMemo(() => runs(10, 100_000, 100_000), []);
  const [spent, setSpent] = useState<number>();
  return (
    <>
      <p>{spent === undefined ? "Painting" : `10 × 100,000 points painted in ${spent.toFixed(0)} ms`}</p>
      <LineChart
        series={series}
        x={step}
        title="A million points"
        onPaint={(ms) => setSpent((old) => old ?? ms)}
      />
    </>
  );
}

export const MillionPoints = meta.story({
  render: () => <Million />,
  play: async ({ canvas }) => {
    const words = await canvas.findByText(/points painted in \d+ ms/, {}, { timeout: 10_000 });
    const spent = Number(/in (\d+) ms/.exec(words.textContent ?? "")?.[1]);
    await expect(spent).toBeGreaterThan(0);
    await expect(spent).toBeLessThan(1000);
  },
});

const SECONDS = 4;

function Live() {
  const full = useMemo(() => {
    const x = grid(2000, 20_000);
    return Array.from({ length: 10 }, (_, i) => ({
      id: `r${i}`,
      label: `linen-0${i}`,
      x,
      y: curve(x, { seed: i + 1, floor: 1.5 + i / 10 }),
    }));
  }, []);
  const [shown, setShown] = useState(500);
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    let frames = 0;
    const begin = performance.now();
    const timer = setInterval(() => setShown((old) => Math.min(2000, old + 20)), 100);
    let request = requestAnimationFrame(function count() {
      frames += 1;
      const seconds = (performance.now() - begin) / 1000;
      if (seconds < SECONDS) request = requestAnimationFrame(count);
      else {
        clearInterval(timer);
        setRate(frames / seconds);
      }
    });
    return () => {
      clearInterval(timer);
      cancelAnimationFrame(request);
    };
  }, []);
  const series = useMemo(
    () => full.map((each) => ({ ...each, x: each.x.slice(0, shown), y: each.y.slice(0, shown) })),
    [full, shown],
  );
  return (
    <>
      <p>
        {rate === undefined
          ? "Ten series at ten points a second"
          : `${rate.toFixed(0)} frames a second over ${SECONDS} s`}
      </p>
      <LineChart series={series} x={step} title="Live" smoothing={0.6} />
    </>
  );
}

export const LiveTen = meta.story({
  render: () => <Live />,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/frames a second over/, {}, { timeout: 15_000 })).toBeVisible();
  },
});
