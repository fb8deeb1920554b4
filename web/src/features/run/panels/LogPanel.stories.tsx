import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeEvents } from "../../../testing/run.ts";
import { LogPanel } from "./LogPanel.tsx";

const output = { text: "", isCut: false, isLoading: false, error: "", retry: fn() };

const meta = preview.meta({
  title: "Features/Run/LogPanel",
  component: LogPanel,
  args: { name: "linen-07", events: fakeEvents(), output, tab: "events" as const, onTab: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("radio", { name: "Console" }));
    await expect(args.onTab).toHaveBeenCalledWith("console");
    await userEvent.type(canvas.getByRole("textbox", { name: "Search the log" }), "skipped");
    await expect(await canvas.findByText(/1 of \d+ lines/)).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <LogPanel {...args} events={[]} />
      <LogPanel {...args} tab="console" />
      <LogPanel {...args} tab="console" output={{ ...output, isLoading: true }} />
      <LogPanel {...args} tab="console" output={{ ...output, error: "The server did not answer." }} />
      <LogPanel {...args} tab="console" output={{ ...output, isCut: true, text: "a line\n".repeat(500) }} />
    </div>
  ),
});
