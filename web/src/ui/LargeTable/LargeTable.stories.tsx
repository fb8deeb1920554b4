import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Bar } from "../Bar/Bar.tsx";
import type { Column } from "../DataTable/types.ts";
import { EmptyState } from "../EmptyState/EmptyState.tsx";
import { formatCount } from "../format.ts";
import { Panel } from "../Panel/Panel.tsx";
import { LargeTable } from "./LargeTable.tsx";

interface Dialogue {
  row: number;
  user: string;
  tokens: number;
  quality: number;
}

const dialogueOf = (row: number): Dialogue => ({
  row,
  user: `Where is my parcel number ${row * 7}?`,
  tokens: 60 + ((row * 131) % 1300),
  quality: ((row * 17) % 100) / 100,
});

const COLUMNS: Column<Dialogue>[] = [
  { id: "row", header: "Row", width: 110, align: "right", muted: true, cell: ({ row }) => formatCount(row) },
  { id: "user", header: "User", cell: ({ user }) => user },
  { id: "tokens", header: "Tokens", width: 90, align: "right", cell: ({ tokens }) => formatCount(tokens) },
  {
    id: "quality",
    header: "Quality",
    width: 140,
    cell: ({ quality, row }) => <Bar value={quality} label={`Quality of row ${row}`} warnBelow={0.5} />,
  },
];

const load = fn(async (offset: number, limit: number) =>
  Array.from({ length: limit }, (_, index) => dialogueOf(offset + index + 1)),
);
const refuse = fn(async (_offset: number, _limit: number): Promise<Dialogue[]> => {
  throw new Error("The file is gone");
});
const onRowAction = fn();

const meta = preview.meta({
  title: "Parts/LargeTable",
  component: LargeTable<Dialogue>,
  args: { name: "Rows", columns: COLUMNS, total: 2_000_000, load, current: 2, height: 400, onRowAction },
  argTypes: { columns: { control: false }, load: { control: false } },
  render: (args) => (
    <Panel title="Rows" count={formatCount(args.total)} flush>
      <LargeTable {...args} />
    </Panel>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const grid = canvas.getByRole("grid", { name: "Rows" });
    await waitFor(() => expect(canvas.getByText("Where is my parcel number 7?")).toBeVisible());
    grid.focus();
    await userEvent.keyboard("{End}");
    await waitFor(() => expect(canvas.getByText("2,000,000", { selector: "td" })).toBeVisible());
    await userEvent.keyboard("{ArrowUp}{Enter}");
    await expect(onRowAction).toHaveBeenLastCalledWith(
      expect.objectContaining({ row: 1_999_999 }),
      1_999_998,
    );
    await userEvent.keyboard("{Home}");
    await waitFor(() => expect(canvas.getByText("Where is my parcel number 7?")).toBeVisible());
  },
});

export const ByScrollBar = meta.story({
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getByText("Where is my parcel number 7?")).toBeVisible());
    const box = canvas.getByRole("grid").closest(".overflow-auto");
    if (!(box instanceof HTMLElement)) throw new Error("no scroller");
    box.scrollTop = box.scrollHeight;
    await waitFor(() => expect(canvas.getByText("2,000,000", { selector: "td" })).toBeVisible());
    box.scrollTop = box.scrollHeight / 2;
    await waitFor(() =>
      expect(canvas.getByText(/^1,000,0\d\d$/, { selector: "tr:nth-child(6) td" })).toBeVisible(),
    );
    await expect(box.scrollHeight).toBeLessThan(33_000_000);
  },
});

export const Failing = meta.story({
  args: { load: refuse, total: 1000 },
  play: async ({ canvas, userEvent }) => {
    await waitFor(() => expect(canvas.getByRole("alert")).toHaveTextContent("Some rows could not be read"));
    const before = refuse.mock.calls.length;
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(refuse.mock.calls.length).toBeGreaterThan(before));
  },
});

export const Empty = meta.story({
  args: {
    total: 0,
    empty: <EmptyState title="No rows pass the filter" text="319,208 rows are there without it." />,
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No rows pass the filter")).toBeVisible();
  },
});
