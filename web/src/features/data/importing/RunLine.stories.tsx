import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { Button } from "../../../ui/Button/Button.tsx";
import { RunLine } from "./RunLine.tsx";

const run = { id: "run1", state: "running", reason: "", error: null };

const meta = preview.meta({
  title: "Features/Data/RunLine",
  component: RunLine,
  args: {
    name: "faq",
    run,
    progress: { phase: "import", done: 8_400_000, total: 14_000_000, unit: "bytes" },
    onRetry: fn(),
    onStop: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("8.4 MB of 14.0 MB")).toBeVisible();
    await expect(canvas.getByText("Working")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Stop" }));
    await expect(args.onStop).toHaveBeenCalledOnce();
    await expect(canvas.getByRole("progressbar", { name: "Progress of faq" })).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-6">
      <RunLine {...args} name="waits" run={{ ...run, state: "queued" }} progress={null} />
      <RunLine {...args} name="begins" progress={null} />
      <RunLine
        {...args}
        name="made"
        run={{ ...run, state: "completed" }}
        href="/data/faq@1"
        made="Version 1: 122 rows, 5 set aside"
      />
      <RunLine
        {...args}
        name="stopped"
        run={{ ...run, state: "stopped", reason: "It was stopped by you." }}
      />
      <RunLine
        {...args}
        name="wrong file"
        run={{
          ...run,
          state: "failed",
          error: {
            code: "data",
            message: "cat.jpg is a JPEG image.",
            hint: "Use CSV, JSONL, Parquet or text.",
          },
        }}
        fix={<Button size="small">Change its settings</Button>}
      />
    </div>
  ),
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("Waiting for its turn")).toBeVisible();
    await expect(canvas.getByText("It begins")).toBeVisible();
    const alert = canvas.getByRole("alert");
    await expect(alert).toHaveTextContent("cat.jpg is a JPEG image.");
    await expect(alert).toHaveTextContent("Use CSV, JSONL, Parquet or text.");
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }));
    await expect(args.onRetry).toHaveBeenCalled();
    await expect(canvas.getByRole("link", { name: "made" })).toHaveAttribute("href", "/data/faq@1");
  },
});
