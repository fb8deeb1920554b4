import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { UploadLine } from "./UploadLine.tsx";

const upload = {
  name: "shop/returns.jsonl",
  bytes: 1_400_000_000,
  sent: 510_000_000,
  state: "sending" as const,
  error: null,
  isResumed: false,
};

const meta = preview.meta({
  title: "Features/Data/UploadLine",
  component: UploadLine,
  args: { upload, onPause: fn(), onResume: fn(), onCancel: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("510 MB of 1.4 GB, 36 %")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Pause shop/returns.jsonl" }));
    await expect(args.onPause).toHaveBeenCalled();
    await userEvent.click(canvas.getByRole("button", { name: /Give .* up/ }));
    await expect(args.onCancel).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-6">
      <UploadLine {...args} upload={{ ...upload, state: "lost" }} />
      <UploadLine {...args} upload={{ ...upload, state: "paused" }} />
      <UploadLine {...args} upload={{ ...upload, isResumed: true }} />
      <UploadLine {...args} upload={{ ...upload, state: "done", sent: upload.bytes }} />
      <UploadLine
        {...args}
        upload={{ ...upload, state: "failed", error: new Error("The disk of the server is full.") }}
      />
    </div>
  ),
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/The line is cut at 510 MB. It goes on by itself./)).toBeVisible();
    await expect(canvas.getByText(/It goes on where an earlier try stopped/)).toBeVisible();
    await expect(canvas.getByRole("alert")).toHaveTextContent("The disk of the server is full.");
    await userEvent.click(canvas.getAllByRole("button", { name: /^Go on with/ })[0] as HTMLElement);
    await expect(args.onResume).toHaveBeenCalled();
  },
});
