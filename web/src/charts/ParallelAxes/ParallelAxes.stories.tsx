import { expect, fireEvent } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { ParallelAxes } from "./ParallelAxes.tsx";

const args = {
  title: "Recipe against loss",
  axes: [
    { id: "method", label: "method", categories: ["lora", "full"] },
    { id: "rate", label: "learning rate", log: true },
    { id: "rank", label: "rank" },
    { id: "loss", label: "validation loss" },
  ],
  rows: [
    { id: "a", label: "linen-05", values: { method: "lora", rate: 2e-4, rank: 8, loss: 2.017 } },
    { id: "b", label: "linen-06", values: { method: "lora", rate: 2e-4, rank: 16, loss: 1.944 } },
    { id: "c", label: "linen-07", values: { method: "lora", rate: 1e-4, rank: 32, loss: 1.918 } },
    { id: "d", label: "linen-full", values: { method: "full", rate: 5e-5, rank: null, loss: 1.902 } },
  ],
};
const many = Array.from({ length: 200 }, (_, i) => ({
  id: String(i),
  label: `run ${i}`,
  values: {
    method: i % 3 ? "lora" : "full",
    rate: 1e-5 * (1 + ((i * 31) % 40)),
    rank: (i * 7) % 64,
    loss: 2 + ((i * 13) % 17) / 30,
  },
}));

const meta = preview.meta({ title: "Charts/ParallelAxes", component: ParallelAxes, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const from = canvas.getByRole("slider", { name: "method from" });
    await fireEvent.change(from, { target: { value: "1" } });
    await expect(canvas.getByRole("status")).toHaveTextContent("1 of 4 kept");
    await expect(from).toHaveAttribute("aria-valuetext", "full");
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("table")).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <ParallelAxes {...args} rows={[]} />
      <ParallelAxes {...args} rows={[]} status={{ state: "loading", what: "Reading the values" }} />
      <ParallelAxes
        {...args}
        rows={[]}
        status={{ state: "error", title: "The values could not be read", reason: "The file is gone." }}
      />
      <ParallelAxes {...args} title="Huge" rows={many} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The values could not be read")).toBeVisible();
  },
});
