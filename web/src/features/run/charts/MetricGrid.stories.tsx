import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { emptyView, fakeRun, fakeView } from "../../../testing/run.ts";
import MetricGrid from "./MetricGrid.tsx";

const meta = preview.meta({
  title: "Features/Run/MetricGrid",
  component: MetricGrid,
  args: { run: fakeRun(), view: fakeView(), search: {} as Record<string, string>, onSearch: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("heading", { name: /Gradient norm/ })).toBeVisible();
    await expect(canvas.queryByText(/digest/)).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Choose metrics" }));
    await userEvent.click(await screen.findByRole("checkbox", { name: "Gradient norm" }));
    await expect(args.onSearch).toHaveBeenCalledWith({
      metrics: "val/perplexity,train/learning_rate,train/tokens_per_second",
    });
    await userEvent.keyboard("{Escape}");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <MetricGrid {...args} view={emptyView()} />
      <MetricGrid {...args} view={{ ...emptyView(), isLoaded: false }} />
      <MetricGrid {...args} search={{ metrics: "none" }} />
    </div>
  ),
});
