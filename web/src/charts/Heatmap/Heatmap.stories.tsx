import { useMemo, useState } from "react";
import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { chance } from "../samples.ts";
import { Heatmap } from "./Heatmap.tsx";

const random = chance(7);
function norms(rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, i) => 10 ** (1 - (i % columns) / columns - random() * 2),
  );
}
const args = {
  values: norms(13, 64),
  rows: 13,
  columns: 64,
  rowLabel: (row: number) => (row === 0 ? "embed" : row === 12 ? "head" : `block ${row}`),
  columnLabel: (column: number) => String(column * 150),
  title: "Gradient norm by layer",
  isLog: true,
};

const meta = preview.meta({ title: "Charts/Heatmap", component: Heatmap, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    const plot = canvas.getByRole("slider", { name: "Gradient norm by layer" });
    await expect(plot).toHaveFocus();
    await userEvent.keyboard("{Home}{ArrowDown}{ArrowRight}");
    await expect(plot).toHaveAttribute("aria-valuetext", expect.stringMatching(/^block 1, 150: /));
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("table")).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <Heatmap {...args} values={new Float32Array()} rows={0} />
      <Heatmap
        {...args}
        values={new Float32Array()}
        rows={0}
        status={{ state: "loading", what: "Reading the values" }}
      />
      <Heatmap
        {...args}
        values={new Float32Array()}
        rows={0}
        status={{ state: "error", title: "The values could not be read", reason: "The file is gone." }}
      />
      <Heatmap {...args} title="Dense" values={norms(300, 900)} rows={300} columns={900} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The values could not be read")).toBeVisible();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <Heatmap {...args} title="Linear" isLog={false} />
      <Heatmap
        {...args}
        title="Gaps"
        values={args.values.map((value, i) => (i % 7 === 0 ? Number.NaN : value))}
      />
    </div>
  ),
});

function Large() {
  const [spent, setSpent] = useState<number>();
  const big = useMemo(() => norms(2048, 2048), []);
  return (
    <>
      <p>{spent === undefined ? "Painting" : `2,048 × 2,048 cells painted in ${spent.toFixed(0)} ms`}</p>
      <Heatmap
        {...args}
        values={big}
        rows={2048}
        columns={2048}
        rowLabel={String}
        height={480}
        onPaint={setSpent}
      />
    </>
  );
}

export const Stress = meta.story({
  render: () => <Large />,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/cells painted in \d+ ms/)).toBeVisible();
  },
});
