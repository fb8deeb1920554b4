import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { chance } from "../samples.ts";
import { Sparkline } from "./Sparkline.tsx";

const random = chance(2);
const values = Float64Array.from({ length: 60 }, () => 90 + random() * 8);
const args = { values, title: "GPU, last 5 minutes", last: "94 %", domain: [0, 100] as const };

const meta = preview.meta({ title: "Charts/Sparkline", component: Sparkline, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByRole("img", { name: /GPU, last 5 minutes: 94 %/ })).toBeVisible();
    await userEvent.tab();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid max-w-80 gap-3">
      <Sparkline values={[]} title="Empty" />
      <Sparkline values={[3]} title="One value" />
      <Sparkline
        values={values.map((value, i) => (i % 20 < 4 ? Number.NaN : value))}
        title="Gaps"
        domain={[80, 100]}
      />
      <Sparkline values={Float64Array.from({ length: 20_000 }, random)} title="Huge" isWide />
    </div>
  ),
});
