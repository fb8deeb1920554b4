import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useWorkspace } from "../../data/live/workspace.ts";
import { type Run, refreshRuns, runsQuery } from "../../data/runs.ts";
import type { Sort } from "../../ui/DataTable/types.ts";
import { columnsOf, sortKey } from "./columns.ts";
import { filterLine, fitsView, VIEWS, type View } from "./filters.ts";

export interface RunsTable {
  rows: readonly Run[];
  /** How many the filter finds in all, before the view takes some away. */
  total: number;
  columns: string[];
  view: View;
  sort: Sort;
  isPending: boolean;
  error: unknown;
  hasMore: boolean;
  more: () => void;
}

export function sortOf(text: string | undefined): Sort {
  const column = (text ?? "-created").replace(/^-/, "");
  return { column, direction: (text ?? "-created").startsWith("-") ? "descending" : "ascending" };
}

export function viewOf(text: string | undefined): View {
  return text && text in VIEWS ? (text as View) : "training";
}

/** Rows of the table for an address: filtered and sorted by the server, kept fresh by the page's stream. */
export function useRunsTable(search: Record<string, string>): RunsTable {
  const columns = columnsOf(search.columns);
  const view = viewOf(search.view);
  const sort = sortOf(search.sort);
  const of = (kind: string) =>
    columns.filter((each) => each.startsWith(`${kind}.`)).map((each) => each.slice(kind.length + 1));
  const query = {
    filter: filterLine(view, search.filter ?? ""),
    sort: (sort.direction === "descending" ? "-" : "") + sortKey(sort.column),
    metrics: of("metrics"),
    params: of("params"),
  };
  const answer = useInfiniteQuery(runsQuery(query));
  useFreshness();
  const rows = useMemo(
    () => (answer.data?.pages ?? []).flatMap((page) => page.items).filter((run) => fitsView(view, run)),
    [answer.data, view],
  );
  // A view may leave little of a page: go on until there is something to show.
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = answer;
  useEffect(() => {
    if (rows.length < 50 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return {
    rows,
    total: answer.data?.pages[0]?.total ?? 0,
    columns,
    view,
    sort,
    isPending: answer.isPending,
    error: answer.error,
    hasMore: hasNextPage,
    more: () => void fetchNextPage(),
  };
}

const QUIET_MS = 1000;

/** Look again when the stream says that a run has changed, at most once a second. */
function useFreshness(): void {
  const client = useQueryClient();
  const { runs, isKnown } = useWorkspace();
  const seen = useRef(runs);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    if (!isKnown || seen.current === runs) return;
    const isFirst = seen.current.length === 0;
    seen.current = runs;
    if (isFirst || timer.current) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      void refreshRuns(client);
    }, QUIET_MS);
  }, [client, runs, isKnown]);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
}
