import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { emptyView, fakeRun, fakeView } from "../../../testing/run.ts";
import { marksOf } from "../facts/markers.ts";
import LossPanel from "./LossPanel.tsx";

const meta = preview.meta({
  title: "Features/Run/LossPanel",
  component: LossPanel,
  args: {
    run: fakeRun(),
    view: fakeView(),
    other: null,
    marks: marksOf(fakeView()),
    search: {} as Record<string, string>,
    onSearch: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "log" }));
    await expect(args.onSearch).toHaveBeenCalledWith({ log: "1" });
    await userEvent.click(canvas.getByRole("button", { name: "Tokens" }));
    await expect(args.onSearch).toHaveBeenCalledWith({ x: "tokens", from: undefined, to: undefined });
    await userEvent.click(await canvas.findByRole("button", { name: /Anomaly at step 742/i }));
    await expect(args.onSearch).toHaveBeenCalledWith({ mark: expect.stringMatching(/^anomaly-742/) });
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <LossPanel {...args} view={{ ...emptyView(), isLoaded: false }} marks={[]} />
      <LossPanel
        {...args}
        view={emptyView()}
        marks={[]}
        waiting={{ title: "Nothing yet", hint: "The curve begins when the run starts." }}
      />
      <LossPanel {...args} search={{ table: "1" }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Nothing yet")).toBeVisible();
  },
});
