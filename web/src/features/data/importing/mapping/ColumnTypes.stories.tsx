import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { ColumnTypes, type Types } from "./ColumnTypes.tsx";

const column = (name: string, type: string, why = "") => ({ name, holds: "text", type, why });

const meta = preview.meta({
  title: "Features/Data/ColumnTypes",
  component: ColumnTypes,
  args: {
    columns: [
      column("Question", "text"),
      column("Price", "number"),
      column(
        "Code",
        "text",
        "3 values, first “007” in row 1, begin with a zero and may be marks rather than amounts",
      ),
      column("Since", "date"),
    ],
    read: new Set(["Question"]),
    value: {} as Types,
    onChange: fn(),
  },
  argTypes: { read: { control: false } },
  render: function Render(args) {
    const [value, setValue] = useState<Types>(args.value);
    return (
      <ColumnTypes
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

/** By keyboard alone: a type is chosen, and given back to be found by itself. */
export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/begin with a zero/)).toBeVisible();
    await expect(canvas.getByText("The model reads it, so it is kept as it is written.")).toBeVisible();
    const code = canvas.getByRole("button", { name: /Code/ });
    await expect(code).toHaveTextContent("Found by itself: Text");
    code.focus();
    await userEvent.keyboard("{ArrowDown}");
    await userEvent.keyboard("Whole{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith({ Code: "integer" });
    await userEvent.click(canvas.getByRole("button", { name: /Code/ }));
    await userEvent.click(await screen.findByRole("option", { name: /Found by itself/ }));
    await expect(args.onChange).toHaveBeenLastCalledWith({});
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-8">
      <ColumnTypes {...args} columns={[]} />
      <ColumnTypes {...args} columns={[{ name: "text", holds: "text", type: "", why: "" }]} />
      <ColumnTypes {...args} value={{ Price: "text", Since: "day_first_date" }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: /Date, day first/ })).toBeVisible();
  },
});

export const Huge = meta.story({
  args: {
    columns: Array.from({ length: 60 }, (_, place) =>
      column(`measurement_${"long".repeat(8)}_${place}`, "decimal_comma"),
    ),
  },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("listitem")).toHaveLength(60);
  },
});
