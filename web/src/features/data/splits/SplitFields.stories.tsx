import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { settingsFor } from "../importing/settings.ts";
import { SplitFields } from "./SplitFields.tsx";

const { split } = settingsFor("faq");
const shares = { train: 0.8, validation: 0.1, test: 0.1 };

const meta = preview.meta({
  title: "Features/Data/SplitFields",
  component: SplitFields,
  args: { split, onChange: fn(), columns: ["Question", "author", "split"] },
  render: function Render(args) {
    const [value, setValue] = useState(args.split);
    return (
      <SplitFields
        {...args}
        split={value}
        onChange={(next) => {
          setValue(next);
          args.onChange(next);
        }}
      />
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const validation = canvas.getByRole("textbox", { name: "Validation" });
    await userEvent.clear(validation);
    await userEvent.type(validation, "10");
    await expect(args.onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ train: 0.85, validation: 0.1, test: 0.05 }),
    );
    await userEvent.click(canvas.getByRole("button", { name: /How rows are split/ }));
    await userEvent.click(await screen.findByRole("option", { name: "Groups kept together" }));
    await expect(args.onChange).toHaveBeenLastCalledWith({
      kind: "grouped",
      train: 0.85,
      validation: 0.1,
      test: 0.05,
      seed: 0,
      column: "",
    });
    await userEvent.type(canvas.getByRole("combobox", { name: "Column with the group" }), "aut");
    await userEvent.click(await screen.findByRole("option", { name: "author" }));
    await expect(args.onChange).toHaveBeenLastCalledWith(expect.objectContaining({ column: "author" }));
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-8">
      <SplitFields {...args} split={{ ...split, method: "random", ...shares }} />
      <SplitFields {...args} split={{ kind: "count", validation: 500, test: 200, seed: 0 }} />
      <SplitFields {...args} split={{ kind: "stratified", column: null, seed: 0, ...shares }} />
      <SplitFields {...args} split={{ kind: "time", column: "written", ...shares }} />
      <SplitFields {...args} split={{ kind: "column", column: "split" }} />
      <SplitFields {...args} split={{ kind: "files" }} />
      <SplitFields {...args} error="The shares add up to 0.9, not to 1." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Exact counts; another import draws anew.")).toBeVisible();
    await expect(canvas.getByText("The shares add up to 0.9, not to 1.")).toBeVisible();
    await expect(canvas.getByRole("combobox", { name: "Column of the split" })).toHaveValue("split");
  },
});
