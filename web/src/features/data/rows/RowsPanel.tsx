import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback } from "react";
import { type DatasetDetail, type RowsQuery, readRows, rowsFoundQuery } from "../../../data/datasets.ts";
import { columnsQuery } from "../../../data/looking/inspection.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import type { Sort } from "../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { LargeTable } from "../../../ui/LargeTable/LargeTable.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { useTyped } from "../../../ui/useTyped.ts";
import { readFilters, writeFilter, writeFilters } from "../facts/filters.ts";
import type { RowAsReadProps } from "../overview/RowAsRead.tsx";
import { type DataRow, useRowColumns } from "./columns.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { RowSheet } from "./RowSheet.tsx";

export interface RowsPanelProps {
  dataset: DatasetDetail;
  reference: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  read: RowAsReadProps;
  /** Height in px of the table. */
  height?: number;
  /** Opens the row in full; without it a click only chooses it. */
  opens?: boolean;
  /** Address of the overview. */
  href: string;
}

interface TableProps {
  dataset: DatasetDetail;
  reference: string;
  query: RowsQuery;
  /** Rows that there are; of a search only what it has found so far. */
  total: number;
  current: number | undefined;
  choose: (row: DataRow, place: number) => void;
  sort: Sort | null;
  onSort: (sort: Sort) => void;
  height: number;
  empty: ReactNode;
}

function Rows({ dataset, reference, query, total, current, choose, ...rest }: TableProps) {
  const { t } = useTranslation();
  const columns = useRowColumns(dataset);
  const asked = JSON.stringify(query);
  const load = useCallback(
    async (offset: number, limit: number) =>
      (await readRows(reference, JSON.parse(asked), offset > 0 ? String(offset) : "", limit)).items,
    [reference, asked],
  );
  return (
    <LargeTable
      name={t("Rows")}
      columns={columns}
      total={total}
      load={load}
      {...(current === undefined ? {} : { current })}
      onRowAction={choose}
      {...rest}
    />
  );
}

/** Rows that fit, as far as they are found: the search goes on while they are looked at. */
function Found(props: Omit<TableProps, "total" | "current" | "empty">) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useQuery(rowsFoundQuery(props.reference, props.query));
  if (error) {
    return (
      <div className="px-4 pb-4">
        <ErrorState {...tellError(error)} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (isPending) return <LoadingState text={t("Searching the rows")} height={200} />;
  const empty = data.complete ? (
    <EmptyState title={t("No row fits")} text={t("Take a filter away or search for other words.")} />
  ) : (
    <LoadingState text={t("Searching the rows")} height={200} />
  );
  return (
    <>
      <Rows
        {...props}
        total={data.found}
        current={undefined}
        height={Math.min(props.height, data.found * 32 + 33)}
        empty={empty}
      />
      <p role="status" className="border-t border-line px-4 py-2 text-caption text-muted">
        {data.complete
          ? t("{{count}} rows fit", { count: data.found, defaultValue_one: "{{count}} row fits" })
          : t("{{rows}} rows fit so far; {{scanned}} of {{total}} were looked at", {
              rows: formatCount(data.found),
              scanned: formatCount(data.scanned),
              total: formatCount(props.dataset.rows),
            })}
      </p>
    </>
  );
}

function useOpened(props: RowsPanelProps): DataRow | null {
  const { reference, search, opens } = props;
  const asked = opens ? search.open : undefined;
  const { data } = useQuery({
    ...rowQueryAt(reference, asked ?? ""),
    enabled: asked !== undefined,
  });
  return asked === undefined ? null : (data ?? null);
}

const rowQueryAt = (reference: string, row: string) => ({
  queryKey: ["dataset", reference, "row", row],
  queryFn: async (): Promise<DataRow | null> =>
    (await readRows(reference, { filter: [`_row=${row}`] }, "", 1)).items[0] ?? null,
});

/** Sorting in the address: `level` or `-level`. */
function readSort(text: string | undefined): Sort | null {
  if (!text) return null;
  return text.startsWith("-")
    ? { column: text.slice(1), direction: "descending" }
    : { column: text, direction: "ascending" };
}

const writeSort = ({ column, direction }: Sort): string =>
  direction === "descending" ? `-${column}` : column;

function useRowsState({ reference, search, onSearch, opens = false }: RowsPanelProps) {
  const filters = readFilters(search.filter);
  const split = search.split ?? "";
  const sort = readSort(search.sort);
  const q = search.q ?? "";
  const summaries = useQuery({ ...columnsQuery(reference), enabled: opens });
  const query: RowsQuery = {
    ...(split ? { split } : {}),
    ...(q ? { search: q } : {}),
    ...(filters.length > 0 ? { filter: filters.map(writeFilter) } : {}),
    ...(sort ? { sort: sort.column, descending: sort.direction === "descending" } : {}),
  };
  const isPlain = !split && !q && filters.length === 0 && !sort;
  const choose = (row: DataRow, place: number) => {
    const number = String(row._row);
    onSearch({ row: number, at: isPlain ? String(place) : undefined, ...(opens ? { open: number } : {}) });
  };
  const onSort = (next: Sort) => onSearch({ sort: writeSort(next) });
  return { filters, split, sort, q, query, isPlain, choose, onSort, summaries: summaries.data?.items ?? [] };
}

/** The rows as they were imported, to search, filter, sort and open; millions scroll like hundreds. */
export function RowsPanel(props: RowsPanelProps) {
  const { dataset, reference, search, onSearch, read, height = 560, href } = props;
  const { t } = useTranslation();
  const { filters, split, sort, q, query, isPlain, choose, onSort, summaries } = useRowsState(props);
  const [text, setText] = useTyped(q, (next) => onSearch({ q: next || undefined }));
  const opened = useOpened(props);
  const at = search.at ?? (search.row === undefined ? "0" : undefined);
  const total = split ? (dataset.splits[split] ?? 0) : dataset.rows;
  const shared = { dataset, reference, query, choose, sort, onSort, height };
  return (
    <Panel title={t("Rows")} count={formatCount(dataset.rows)} flush>
      <FilterBar
        columns={dataset.columns}
        summaries={summaries}
        splits={Object.keys(dataset.splits)}
        split={split}
        onSplit={(next) => onSearch({ split: next || undefined })}
        search={text}
        onSearch={setText}
        filters={filters}
        onFilters={(next) => onSearch({ filter: writeFilters(next) })}
      />
      {q !== "" || filters.length > 0 ? (
        <Found {...shared} />
      ) : (
        <Rows
          {...shared}
          total={total}
          current={!isPlain || at === undefined ? undefined : Number(at)}
          height={Math.min(height, total * 32 + 33)}
          empty={<EmptyState title={t("No rows in this part")} text={t("Choose another part.")} />}
        />
      )}
      <RowSheet
        row={opened}
        dataset={dataset}
        read={read}
        href={href}
        onClose={() => onSearch({ open: undefined })}
      />
    </Panel>
  );
}
