import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_COLUMNS } from "../../../testing/inspection.ts";
import { FilterBar } from "./FilterBar.tsx";

const meta = preview.meta({
  title: "Features/Data/FilterBar",
  component: FilterBar,
  args: {
    columns: ["Question", "Answer", "level"],
    splits: ["train", "test"],
    split: "",
    onSplit: fn(),
    search: "",
    onSearch: fn(),
    filters: [{ column: "level", operator: ">=" as const, value: "3" }],
    onFilters: fn(),
  },
  render: function Render(args) {
    const [filters, setFilters] = useState(args.filters);
    return (
      <FilterBar
        {...args}
        filters={filters}
        onFilters={(next) => {
          setFilters(next);
          args.onFilters(next);
        }}
      />
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("level at least 3")).toBeVisible();
    await userEvent.type(canvas.getByRole("searchbox", { name: "Search all columns" }), "a");
    await expect(args.onSearch).toHaveBeenCalledWith("a");
    await userEvent.click(canvas.getByRole("button", { name: "Filter" }));
    await userEvent.type(await screen.findByRole("textbox", { name: "Value" }), "shelf{Enter}");
    await expect(args.onFilters).toHaveBeenLastCalledWith([
      { column: "level", operator: ">=", value: "3" },
      { column: "Question", operator: "~", value: "shelf" },
    ]);
    await expect(await canvas.findByText("Question holds shelf")).toBeVisible();
  },
});

export const TypedByColumn = meta.story({
  args: {
    columns: ["No.", "Question", "Topic"],
    summaries: FAKE_COLUMNS,
    filters: [{ column: "_row", operator: "=" as const, value: "[3,7,9]" }],
  },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("_row is one of 3")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Filter" }));
    await userEvent.click(await screen.findByRole("button", { name: /Column/ }));
    await userEvent.click(await screen.findByRole("option", { name: "No." }));
    await expect(screen.getByText("1 to 122")).toBeVisible();
    await userEvent.type(screen.getByRole("textbox", { name: "Value" }), "50{Enter}");
    await expect(args.onFilters).toHaveBeenLastCalledWith([
      { column: "_row", operator: "=", value: "[3,7,9]" },
      { column: "No.", operator: ">=", value: "50" },
    ]);
  },
});
