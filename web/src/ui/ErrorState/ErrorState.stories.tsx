import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { ErrorState } from "./ErrorState.tsx";

const meta = preview.meta({
  title: "Parts/ErrorState",
  component: ErrorState,
  args: {
    what: "Samples stopped at step 9,000",
    why: "The GPU had 0.2 GB left and 0.6 GB were needed. Training goes on; nothing is lost.",
    todo: "Sample 4 prompts instead of 8, or sample on the CPU.",
    fix: <Button size="small">Use 4 prompts</Button>,
    onRetry: fn(),
    report: "sample: out of memory at step 9000",
  },
  argTypes: { fix: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("alert")).toHaveTextContent("nothing is lost");
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: "Use 4 prompts" })).toHaveFocus();
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }));
    await expect(args.onRetry).toHaveBeenCalledTimes(1);
    await expect(canvas.getByRole("button", { name: "Copy report" })).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-4">
      <ErrorState
        what="The server does not answer"
        why="The run goes on."
        onRetry={() => undefined}
        isRetrying
      />
      <ErrorState
        what="This file says CSV and holds JSON lines"
        fix={<Button size="small">Read it as JSONL</Button>}
      />
      <ErrorState what={`KeyError: ${"a_very_long_name_".repeat(12)}`} report="trace" />
    </div>
  ),
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getAllByRole("alert")).toHaveLength(3);
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});
