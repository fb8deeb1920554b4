import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { UploadGroup } from "./UploadGroup.tsx";

const line = (name: string, changes: object = {}) => ({
  upload: {
    name,
    bytes: 40_000_000,
    sent: 10_000_000,
    state: "sending" as const,
    error: null,
    isResumed: false,
    ...changes,
  },
  onPause: fn(),
  onResume: fn(),
});
const done = { sent: 40_000_000, state: "done" as const };

const meta = preview.meta({
  title: "Features/Data/UploadGroup",
  component: UploadGroup,
  args: {
    name: "shop",
    lines: [line("shop/a.jsonl", done), line("shop/b.jsonl"), line("shop/deep/c.jsonl", { sent: 0 })],
    onCancel: fn(),
    onTakeApart: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("1 of 3 files, 50.0 MB of 120 MB, 41 %")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: /Its files/ }));
    await expect(canvas.getByText("shop/deep/c.jsonl")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Pause shop/b.jsonl" }));
    await expect(args.lines[1]?.onPause).toHaveBeenCalled();
    await userEvent.click(canvas.getByRole("button", { name: "A dataset for each file" }));
    await expect(args.onTakeApart).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-8">
      <UploadGroup
        {...args}
        name="whole"
        lines={[line("a.csv", done), line("b.csv", done)]}
        onTakeApart={undefined}
      />
      <UploadGroup
        {...args}
        name="cut"
        lines={[
          line("a.csv"),
          line("b.csv", { state: "failed", error: new Error("The disk of the server is full.") }),
        ]}
      />
      <UploadGroup
        {...args}
        name="huge"
        lines={Array.from({ length: 5000 }, (_, place) => line(`part-${place}.jsonl`))}
      />
    </div>
  ),
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("2 files, 80.0 MB sent")).toBeVisible();
    await expect(canvas.getByRole("alert")).toHaveTextContent("The disk of the server is full.");
    await userEvent.click(canvas.getAllByRole("button", { name: /Its files/ }).at(-1) as HTMLElement);
    await expect(canvas.getByText("and 4,800 more")).toBeVisible();
  },
});
