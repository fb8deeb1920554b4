import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { FAKE_SCHEMA } from "../../../../testing/data.ts";
import { FAKE_IMPORT_PREVIEW } from "../../../../testing/importPreview.ts";
import { kindsOf } from "../../facts/schema.ts";
import { Mapper } from "./Mapper.tsx";

const { columns, mapping, mapping_reason: reason } = FAKE_IMPORT_PREVIEW;

const meta = preview.meta({
  title: "Features/Data/Mapper",
  component: Mapper,
  args: {
    columns,
    kinds: kindsOf(FAKE_SCHEMA, "ImportSpec", "mapping"),
    value: { kind: "auto" } as Record<string, unknown>,
    found: mapping ?? null,
    reason,
    onChange: fn(),
  },
  render: function Render(args) {
    const [value, setValue] = useState<Record<string, unknown>>(args.value);
    return (
      <Mapper
        {...args}
        value={value}
        onChange={(next) => {
          setValue(next);
          args.onChange(next);
        }}
      />
    );
  },
});

/** By keyboard alone: the list of a field takes another column. */
export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/Found by itself: the columns “Question” and “Answer”/)).toBeVisible();
    canvas.getByRole("button", { name: /Context/ }).focus();
    await userEvent.keyboard("{Enter}");
    await screen.findByRole("option", { name: /Topic/ });
    await userEvent.keyboard("Topic{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ kind: "prompt", prompt: "Question", completion: "Answer", context: "Topic" }),
    );
  },
});

/** By mouse: a column is dropped on a field. */
export const Dragged = meta.story({
  play: async ({ canvas, args }) => {
    const chip = canvas.getAllByText("Topic")[0]?.closest("li") as HTMLElement;
    const slot = canvas.getByRole("group", { name: "Completion" });
    const dataTransfer = new DataTransfer();
    const move = (target: HTMLElement, type: string) =>
      target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    move(chip, "dragstart");
    move(slot, "dragover");
    move(slot, "drop");
    await expect(args.onChange).toHaveBeenLastCalledWith(expect.objectContaining({ completion: "Topic" }));
  },
});

/** Another shape keeps the columns that it can use; a field without one asks for it. */
export const OtherShape = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /Shape/ }));
    await userEvent.click(await screen.findByRole("option", { name: /Preference/ }));
    await expect(args.onChange).toHaveBeenLastCalledWith({ kind: "preference", prompt: "Question" });
    await expect(canvas.getAllByText("Drop a column, or choose one")[0]).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-10">
      <Mapper {...args} found={null} reason="" />
      <Mapper {...args} columns={[]} found={null} reason="" />
      <Mapper {...args} value={{ kind: "prompt", prompt: "Question", completion: "Anser" }} />
      <Mapper
        {...args}
        columns={Array.from({ length: 60 }, (_, place) => ({
          name: `a column with a long name, number ${place}`,
          holds: place % 2 ? "text" : "whole numbers",
          type: "",
          why: "",
        }))}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByText(/Nothing fits by itself/)[0]).toBeVisible();
    await expect(canvas.getByText("There is no column Anser.")).toBeVisible();
  },
});
