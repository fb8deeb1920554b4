import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Run } from "../../../data/runs.ts";
import { recorded } from "../../../testing/recorded.ts";
import { DEFAULT_COLUMNS } from "../columns.ts";
import { RunsPanel } from "./RunsPanel.tsx";

const runs = recorded<{ items: Run[] }>("runs").items.filter((run) => run.ordinal !== null);
const first = runs[0] as Run;
const table = {
  columns: [...DEFAULT_COLUMNS],
  view: "training" as const,
  sort: { column: "created", direction: "descending" as const },
  isPending: false,
  hasMore: false,
  more: fn(),
};
const bulk = { onCompare: fn(), onStar: fn(), onArchive: fn(), onTag: fn(), onDelete: fn(), onClear: fn() };

const meta = preview.meta({
  title: "Features/Runs/RunsPanel",
  component: RunsPanel,
  args: {
    rows: runs,
    selected: [] as Run[],
    chosen: new Set<string>() as ReadonlySet<string>,
    table,
    typed: "",
    problem: null,
    names: recorded<{ metrics: string[]; params: string[]; tags: string[] }>("names"),
    search: {},
    onTyped: fn(),
    onView: fn(),
    onSort: fn(),
    onColumns: fn(),
    onSearch: fn(),
    onChoose: fn(),
    onOpen: fn(),
    onGo: fn(),
    bulk,
  },
  argTypes: {
    rows: { control: false },
    names: { control: false },
    table: { control: false },
    bulk: { control: false },
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.type(canvas.getByRole("searchbox", { name: "Filter runs" }), "x");
    await expect(args.onTyped).toHaveBeenCalledWith("x");
    await userEvent.click(canvas.getByRole("radio", { name: "Starred" }));
    await expect(args.onView).toHaveBeenCalledWith("starred");
    const grid = canvas.getByRole("grid", { name: "Runs" });
    grid.focus();
    await userEvent.keyboard("{ArrowDown} ");
    await expect(args.onChoose).toHaveBeenCalled();
    await userEvent.keyboard("{Enter}");
    await expect(args.onOpen).toHaveBeenCalled();
  },
});

export const Chosen = meta.story({
  args: { selected: runs.slice(0, 2), chosen: new Set(runs.slice(0, 2).map((run) => run.id)) },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("2 chosen")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Compare" }));
    await expect(bulk.onCompare).toHaveBeenCalled();
  },
});

export const WorkingOnesCannotBeDeleted = meta.story({
  args: { selected: [{ ...first, state: "running" }], chosen: new Set([first.id]) },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: "Delete" })).toBeDisabled();
    await expect(canvas.getByText(/must be stopped/)).toBeVisible();
  },
});

export const Empty = meta.story({
  args: { rows: [] },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Choose a recipe" }));
    await expect(args.onGo).toHaveBeenCalledWith("/recipes");
  },
});

export const NothingFits = meta.story({
  args: { rows: [], typed: "state=failed" },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Show all training runs" }));
    await expect(args.onTyped).toHaveBeenCalledWith("");
  },
});

export const WrongFilter = meta.story({
  args: {
    rows: [],
    typed: "stat=",
    problem: {
      type: "about:blank",
      title: "Unprocessable",
      status: 422,
      detail: "“stat=” is not a filter.",
      code: "spec",
      hint: "Write state=failed.",
      errors: [],
      details: {},
      request_id: "1",
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("alert")).toHaveTextContent("Write state=failed.");
  },
});

export const Loading = meta.story({ args: { rows: [], table: { ...table, isPending: true } } });

export const Huge = meta.story({
  args: {
    rows: Array.from({ length: 5000 }, (_, index) => ({
      ...first,
      id: `run-${index}`,
      name: `trial ${index}`,
      ordinal: index,
    })),
  },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("row").length).toBeLessThan(80);
  },
});
