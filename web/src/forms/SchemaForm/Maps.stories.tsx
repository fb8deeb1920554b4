// Names with values, from the real schema: the types that columns are given at an import.
import { expect, screen, userEvent, within } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { Values } from "../model/schema.ts";
import { SchemaForm } from "./SchemaForm.tsx";
import { argsOf, argTypes, KeptForm, last } from "./storyForm.tsx";

const meta = preview.meta({
  title: "Forms/Maps",
  component: SchemaForm,
  args: argsOf("ImportSpec"),
  argTypes,
  render: (args) => <KeptForm {...args} />,
});

const types = () => (last().columns as Values).types;
const withTypes = (held: Values): Values => ({ task: "import", dataset: "shop", columns: { types: held } });

/** The map, in its section, which is closed at first. */
async function map(canvas: ReturnType<typeof within>) {
  await userEvent.click(canvas.getByRole("button", { name: /^Columns/ }));
  return within(await canvas.findByRole("group", { name: "Types" }));
}

export const Playground = meta.story({
  args: { value: withTypes({ price: "number", day: "date" }) },
  play: async ({ canvas }) => {
    const held = await map(canvas);
    const name = held.getByRole("textbox", { name: "Name of price" });
    await userEvent.clear(name);
    await userEvent.type(name, "cost{Enter}");
    await expect(types()).toEqual({ cost: "number", day: "date" });
    await expect(Object.keys(types() as Values)).toEqual(["cost", "day"]);
    await expect(held.getByRole("textbox", { name: "Name of cost" })).toHaveFocus();

    await userEvent.click(held.getByRole("button", { name: /Value of day/ }));
    await userEvent.click(await screen.findByRole("option", { name: "Boolean" }));
    await expect(types()).toEqual({ cost: "number", day: "boolean" });

    await userEvent.click(held.getByRole("button", { name: "Remove cost" }));
    await expect(types()).toEqual({ day: "boolean" });
    await expect(held.getByRole("button", { name: "Remove day" })).toHaveFocus();
    await expect(held.getByText("Removed.")).toBeInTheDocument();
  },
});

/** A name, Enter, and the focus stands at its value; a name that cannot stand says why and is not lost. */
export const ByKeyboard = meta.story({
  args: { value: withTypes({ price: "number" }) },
  play: async ({ canvas }) => {
    const held = await map(canvas);
    const fresh = held.getByRole("textbox", { name: "New name in Types" });
    await userEvent.type(fresh, "price{Enter}");
    await expect(held.getByText("“price” is there already.")).toBeVisible();
    await userEvent.clear(fresh);
    await userEvent.type(fresh, "{Enter}");
    await expect(held.getByText("A name is needed.")).toBeVisible();
    await userEvent.type(fresh, "date.of.sale{Enter}");
    await expect(types()).toEqual({ price: "number", "date.of.sale": "text" });
    await expect(held.getByRole("button", { name: /Value of date\.of\.sale/ })).toHaveFocus();
    await expect(fresh).toHaveValue("");

    const name = held.getByRole("textbox", { name: "Name of date.of.sale" });
    await userEvent.clear(name);
    await userEvent.type(name, "price");
    await userEvent.tab();
    await expect(held.getByText("“price” is there already.")).toBeVisible();
    await expect(types()).toEqual({ price: "number", "date.of.sale": "text" });
  },
});

export const States = meta.story({
  args: {
    value: withTypes({ prize: "number", day: "date" }),
    errors: [
      {
        field: "columns.types.prize",
        message: "there is no column “prize” to give a type; the columns are “price”, “day”",
        fix: "Did you mean “price”?",
      },
    ],
  },
  play: async ({ canvas }) => {
    const held = await map(canvas);
    const row = within(held.getByRole("group", { name: "prize" }));
    await expect(row.getByText(/There is no column “prize”.*Did you mean “price”\?/)).toBeVisible();
    await expect(
      within(held.getByRole("group", { name: "day" })).queryByText(/There is no column/),
    ).toBeNull();
  },
});

export const Empty = meta.story({
  args: { value: withTypes({}) },
  play: async ({ canvas }) => {
    const held = await map(canvas);
    await expect(held.getByText("None yet.")).toBeVisible();
    await userEvent.click(held.getByRole("button", { name: "Add to Types" }));
    await expect(held.getByText("A name is needed.")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: {
    value: withTypes(
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`a_long_name_of_column_${n}`, "integer"])),
    ),
  },
  play: async ({ canvas }) => {
    const held = await map(canvas);
    await expect(held.getAllByRole("button", { name: /^Remove / })).toHaveLength(60);
  },
});
