import { expect, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { LogView } from "./LogView.tsx";

const LEVELS = ["step", "step", "save", "eval", "step", "warning"];
const linesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    time: 1_764_080_000 + index * 5,
    level: LEVELS[index % LEVELS.length] ?? "step",
    text:
      index % LEVELS.length === 5
        ? `${index} · loss 2.314 · norm 8.6, clipped to 1.0`
        : `${index} · loss ${(4 / (1 + index / 900) + 1.8).toFixed(3)} · 240k tok/s`,
  }));

const meta = preview.meta({
  title: "Parts/LogView",
  component: LogView,
  args: { lines: linesOf(600), name: "Log of linen-07", height: 240, follow: true },
  argTypes: { lines: { control: false } },
  render: (args) => (
    <Panel title="Log" flush>
      <LogView {...args} />
    </Panel>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const log = canvas.getByRole("log", { name: "Log of linen-07" });
    await waitFor(() => expect(log).toHaveTextContent("599 · loss"));
    await userEvent.type(canvas.getByRole("textbox", { name: "Search the log" }), "597 · loss");
    await waitFor(() => expect(canvas.getByText("1 of 600 lines")).toBeVisible());
    await userEvent.keyboard("{Escape}");
    await expect(canvas.getByText("600 lines")).toBeVisible();
    log.focus();
    await userEvent.keyboard("{Home}");
    await userEvent.click(await canvas.findByRole("button", { name: "Follow" }));
    await waitFor(() => expect(log).toHaveTextContent("599 · loss"));
    await expect(canvas.getByRole("button", { name: "Following" })).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-4">
      <LogView lines={[]} name="Empty log" height={60} />
      <LogView lines={linesOf(20)} name="Nothing found" search="gradient" height={60} />
      <LogView
        lines={[{ time: 1_764_080_000, level: "error", text: `Out of memory: ${"at module ".repeat(40)}` }]}
        name="Long line"
        height={120}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Nothing is written yet")).toBeVisible();
    await expect(canvas.getByText("No line has these words")).toBeVisible();
  },
});

export const Stress = meta.story({
  args: { lines: linesOf(100_000) },
  play: async ({ canvas, canvasElement }) => {
    const log = canvas.getByRole("log");
    await waitFor(() => expect(log).toHaveTextContent("99999 · loss"));
    await expect(canvasElement.querySelectorAll("[data-index]").length).toBeLessThan(80);
  },
});
