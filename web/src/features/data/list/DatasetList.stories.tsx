import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_DATASETS, fakeDataset } from "../../../testing/data.ts";
import { groupDatasets } from "../facts/names.ts";
import { DatasetList } from "./DatasetList.tsx";

const meta = preview.meta({
  title: "Features/Data/DatasetList",
  component: DatasetList,
  args: {
    groups: groupDatasets(FAKE_DATASETS),
    sort: { column: "created", direction: "descending" as const },
    onSort: fn(),
    onOpen: fn(),
    onRemove: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const rows = canvas.getAllByRole("row");
    await expect(rows[1]).toHaveTextContent("faq");
    await expect(canvas.getByRole("link", { name: "faq v1" })).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Delete faq@2" }));
    await expect(args.onRemove).toHaveBeenCalledWith("faq@2");
    await userEvent.click(canvas.getByRole("button", { name: /Rows/ }));
    await expect(args.onSort).toHaveBeenCalledWith(expect.objectContaining({ column: "rows" }));
    canvas.getByRole("grid", { name: "Datasets" }).focus();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onOpen).toHaveBeenCalled();
  },
});

export const Huge = meta.story({
  args: {
    groups: groupDatasets(
      Array.from({ length: 300 }, (_, place) =>
        fakeDataset({ name: `set-${place}`, rows: place * 1_000_003, quarantined: place % 7 }),
      ),
    ),
    sort: { column: "rows", direction: "descending" as const },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("grid")).toHaveAttribute("aria-rowcount", "301");
    await expect(canvas.getByText("set-299")).toBeVisible();
  },
});
