import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { SplitFields } from "./SplitFields.tsx";
import { settingsFor } from "./settings.ts";

const { split } = settingsFor("faq");

const meta = preview.meta({
  title: "Features/Data/SplitFields",
  component: SplitFields,
  args: { split, onChange: fn(), columns: ["Question", "split"] },
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
    await userEvent.click(canvas.getByRole("radio", { name: "A column names it" }));
    await expect(canvas.getByRole("combobox", { name: "Column of the split" })).toHaveValue("split");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-8">
      <SplitFields
        {...args}
        split={{ ...split, method: "random", train: 0.7, validation: 0.15, test: 0.15 }}
      />
      <SplitFields {...args} split={{ kind: "column", column: "split" }} />
      <SplitFields {...args} error="The shares add up to 0.9, not to 1." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Exact counts; another import draws anew.")).toBeVisible();
    await expect(canvas.getByText("The shares add up to 0.9, not to 1.")).toBeVisible();
  },
});
