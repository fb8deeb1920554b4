import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { FileDrop, type FileDropProps } from "./FileDrop.tsx";

const meta = preview.meta({
  title: "Parts/FileDrop",
  component: FileDrop,
  args: {
    label: "Drop files or folders",
    help: "JSONL, CSV, Parquet or text, up to 20 GB. An upload goes on after a reload.",
    accept: ".jsonl,.csv",
    onFiles: fn(),
  } as FileDropProps,
});

const file = (name: string) => new File(["{}"], name);

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.upload(canvas.getByTestId("files"), [file("a.jsonl"), file("b.csv")]);
    await waitFor(() => expect(args.onFiles).toHaveBeenCalledOnce());
    const zone = canvas.getByRole("group", { name: "Drop files or folders" });
    const data = new DataTransfer();
    data.items.add(file("c.JSONL"));
    data.items.add(file("photo.png"));
    zone.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
    await waitFor(() => expect(args.onFiles).toHaveBeenCalledTimes(2));
    await waitFor(() => expect(canvas.getByText(/1 file was left out/)).toBeVisible());
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: "Choose files" })).toHaveFocus();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <FileDrop {...args} label="Busy" busy="Reading 3 files" />
      <FileDrop {...args} label="Wrong" error="This file says CSV and holds JSON lines." />
      <FileDrop {...args} label="Disabled" isDisabled help="Waits for 2 GB of free disk." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("group", { name: "Busy" })).toHaveAttribute("aria-busy", "true");
    for (const button of canvas.getAllByRole("button", { name: "Choose files" }).slice(0, 1)) {
      await expect(button).toBeDisabled();
    }
  },
});
