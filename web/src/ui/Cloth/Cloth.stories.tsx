import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Cloth } from "./Cloth.tsx";

const TICKS = [0, 3000, 6000, 9000, 12_000].map((at) => ({
  at,
  label: at === 12_000 ? "12k steps" : at === 0 ? "0" : `${at / 1000}k`,
}));

const meta = preview.meta({
  title: "Parts/Cloth",
  component: Cloth,
  args: {
    done: 9412,
    total: 12_000,
    name: "Progress of linen-07",
    label: <strong>Step 9,412 of 12,000</strong>,
    text: "4 min 40 s left (4:20 to 5:00)",
    thread: { color: 1, dash: 1 },
    ticks: TICKS,
  },
  argTypes: { done: { control: { type: "range", min: 0, max: 12_000 } } },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    const cloth = canvas.getByRole("progressbar", { name: "Progress of linen-07" });
    await expect(cloth).toHaveAttribute("aria-valuetext", "9,412 of 12,000, 78 %");
    await expect(canvas.getByText("12k steps")).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-4">
      <Cloth done={0} total={100} name="Nothing yet" label="Queued" text="0 %" />
      <Cloth
        done={2.1}
        total={4.4}
        name="Tokenising"
        label="Tokenising"
        text="2.1 of 4.4 GB"
        thread={{ color: 3, dash: 3 }}
      />
      <Cloth done={31} total={100} name="Paused" label="Paused" text="31 %" thread={{ color: 8, dash: 8 }} />
      <Cloth
        done={100}
        total={100}
        name="All"
        label="Finished"
        text="17 min"
        thread={{ color: 2, dash: 2 }}
      />
      <Cloth done={9} total={null} name="Unknown" label="Reading the stream" text="40 s so far" />
      <div className="w-24">
        <Cloth done={40} total={100} name="Thin" thin thread={{ color: 5, dash: 5 }} />
      </div>
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("progressbar")).toHaveLength(5);
    await expect(canvas.getByText("40 s so far")).toBeVisible();
  },
});
