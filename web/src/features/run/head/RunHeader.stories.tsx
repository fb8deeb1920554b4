import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeLive, fakeRun, fakeSpec } from "../../../testing/run.ts";
import { RunHeader } from "./RunHeader.tsx";

const meta = preview.meta({
  title: "Features/Run/RunHeader",
  component: RunHeader,
  args: {
    run: fakeRun(),
    spec: fakeSpec,
    others: [fakeLive({ id: "1m8base34m", name: "loom-base" })],
    method: { name: "LoRA", trained: 118_272, all: 786_816 },
    pending: "",
    model: "1m8linen07@800",
    onSend: fn(),
    onFork: fn(),
    onStop: fn(),
    onDrill: fn(),
    onReproduce: fn(),
    onRename: fn(async () => true),
    onAnnotate: fn(),
    onDelete: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Pause" }));
    await expect(args.onSend).toHaveBeenCalledWith("pause");
    await userEvent.click(canvas.getByRole("button", { name: "Rename" }));
    const field = canvas.getByRole("textbox", { name: "Name of the run" });
    await userEvent.clear(field);
    await userEvent.type(field, "linen-08{Enter}");
    await expect(args.onRename).toHaveBeenCalledWith("linen-08");
    await userEvent.click(canvas.getByRole("button", { name: "Stop" }));
    await expect(args.onStop).toHaveBeenCalledWith(false);
    await expect(canvas.getByRole("link", { name: "loom-base @ 400" })).toBeVisible();
    await expect(canvas.getByText("LoRA: 118k of 787k parameters, 15 %")).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-6">
      <RunHeader {...args} pending="pause" />
      <RunHeader
        {...args}
        run={fakeRun({ state: "paused" })}
        method={{ name: "", trained: 34_000_000, all: 34_000_000 }}
      />
      <RunHeader {...args} run={fakeRun({ state: "completed", starred: true, archived: true })} />
      <RunHeader
        {...args}
        run={fakeRun({ state: "failed", name: "a name that is much longer ".repeat(6) })}
      />
      <RunHeader {...args} run={fakeRun({ task: "export", ordinal: null })} method={null} model="" />
    </div>
  ),
  parameters: { a11y: { options: { rules: { "duplicate-id": { enabled: false } } } } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Pausing…")).toBeVisible();
    await expect(canvas.getByRole("button", { name: "Resume" })).toBeVisible();
    await expect(canvas.getByText("34 M parameters, all trained")).toBeVisible();
  },
});
