import { useState } from "react";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { EmptyState } from "../EmptyState/EmptyState.tsx";
import { LoadingState } from "../LoadingState/LoadingState.tsx";
import { Num } from "../Num/Num.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { RunChip } from "../RunChip/RunChip.tsx";
import { type RunState, StatusPill } from "../StatusPill/StatusPill.tsx";
import { threadOf } from "../thread.ts";
import { type Column, DataTable, type DataTableProps, type Sort } from "./DataTable.tsx";

interface Run {
  name: string;
  ordinal: number;
  state: RunState;
  data: string;
  loss: number | null;
}

const STATES: readonly RunState[] = ["running", "completed", "completed", "failed", "queued"];
const runsOf = (count: number): Run[] =>
  Array.from({ length: count }, (_, ordinal) => ({
    name: `linen-${String(ordinal).padStart(2, "0")}`,
    ordinal,
    state: STATES[ordinal % STATES.length] ?? "queued",
    data: `shop-dialogues v${1 + (ordinal % 4)}`,
    loss: ordinal % 5 > 2 ? null : 1.9 + ((ordinal * 37) % 100) / 100,
  }));

const COLUMNS: Column<Run>[] = [
  {
    id: "name",
    header: "Run",
    sortable: true,
    cell: ({ name, ordinal }) => <RunChip thread={threadOf(ordinal)} name={name} href={`#${name}`} />,
  },
  { id: "state", header: "Status", cell: ({ state }) => <StatusPill state={state} /> },
  { id: "data", header: "Data", muted: true, cell: ({ data }) => data },
  {
    id: "loss",
    header: "Valid. loss",
    align: "right",
    sortable: true,
    best: ({ loss }) => loss === 1.9,
    cell: ({ loss }) => <Num value={loss} />,
  },
];

type Args = Partial<DataTableProps<Run>> & { count?: number; choosable?: boolean };

function Runs({ count = 12, choosable = false, ...rest }: Args) {
  const [sort, setSort] = useState<Sort>({ column: "name", direction: "ascending" });
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const [runs] = useState(() => runsOf(count));
  const sign = sort.direction === "ascending" ? 1 : -1;
  const rows = [...runs].sort((a, b) =>
    sort.column === "name" ? sign * (a.ordinal - b.ordinal) : sign * ((a.loss ?? 9) - (b.loss ?? 9)),
  );
  return (
    <Panel title="Runs" count={choosable ? `${selection.size} chosen` : count} flush>
      <DataTable<Run>
        name="Runs"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ name }) => name}
        sort={sort}
        onSort={setSort}
        {...(choosable ? { selection, onSelect: setSelection } : {})}
        {...rest}
      />
    </Panel>
  );
}

const onRowAction = fn();
const meta = preview.meta({
  title: "Parts/DataTable",
  component: Runs,
  args: { count: 12, choosable: true, onRowAction },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const grid = canvas.getByRole("grid", { name: "Runs" });
    await expect(grid).toHaveAttribute("aria-rowcount", "13");
    grid.focus();
    await userEvent.keyboard("{ArrowDown}{ArrowDown} ");
    await expect(canvas.getByText("1 chosen")).toBeVisible();
    await expect(canvas.getAllByRole("row")[3]).toHaveAttribute("aria-selected", "true");
    await userEvent.keyboard("{ArrowUp}{Enter}");
    await expect(onRowAction).toHaveBeenLastCalledWith(expect.objectContaining({ name: "linen-01" }));
    await userEvent.click(canvas.getByRole("checkbox", { name: "Choose all rows" }));
    await expect(canvas.getByText("12 chosen")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Run" }));
    await expect(canvas.getByRole("columnheader", { name: "Run" })).toHaveAttribute(
      "aria-sort",
      "descending",
    );
    await expect(canvas.getAllByRole("row")[1]).toHaveTextContent("linen-11");
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-4">
      <Runs
        count={0}
        empty={<EmptyState title="No runs yet" text="The first appears when training starts." />}
      />
      <Runs count={0} loading={<LoadingState text="Reading runs" waited={3} />} />
      <Runs count={4} density="compact" />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No runs yet")).toBeVisible();
    await expect(canvas.getByText("Reading runs")).toBeVisible();
  },
});

export const Stress = meta.story({
  args: { count: 100_000, maxHeight: 400, choosable: false },
  play: async ({ canvas, userEvent }) => {
    const grid = canvas.getByRole("grid", { name: "Runs" });
    grid.focus();
    await expect(canvas.getAllByRole("row").length).toBeLessThan(80);
    await userEvent.keyboard("{End}");
    await waitFor(() => expect(canvas.getByText("linen-99999")).toBeVisible());
    await waitFor(() =>
      expect(grid).toHaveAttribute("aria-activedescendant", expect.stringContaining("99999")),
    );
    await userEvent.keyboard("{Home}");
    await waitFor(() => expect(canvas.getByText("linen-00")).toBeVisible());
  },
});
