import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { SearchField, type SearchFieldProps } from "./SearchField.tsx";

const meta = preview.meta({
  title: "Parts/SearchField",
  component: SearchField,
  args: {
    label: "Search settings",
    value: "",
    shortcut: "/",
    onChange: fn(),
    onSubmit: fn(),
  } as SearchFieldProps,
});

function Live(args: SearchFieldProps) {
  const [value, setValue] = useState(args.value);
  return <SearchField {...args} value={value} onChange={setValue} className="max-w-72" />;
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    const input = canvas.getByRole("searchbox", { name: "Search settings" });
    await userEvent.type(input, "rank{Enter}");
    await expect(args.onSubmit).toHaveBeenCalledOnce();
    await userEvent.click(canvas.getByRole("button", { name: "Clear search" }));
    await expect(input).toHaveValue("");
    await userEvent.type(input, "warm{Escape}");
    await expect(input).toHaveValue("");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-72 gap-3">
      <SearchField {...args} />
      <SearchField {...args} label="Search runs" value="linen" />
      <SearchField {...args} label="Search rows" isDisabled placeholder="Nothing to search yet" />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("searchbox", { name: "Search rows" })).toBeDisabled();
  },
});
