import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { type DatasetDetail, readRows, rowsQuery } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
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

const PAGE = 200;

function Found({
  dataset,
  reference,
  query,
  choose,
}: {
  dataset: DatasetDetail;
  reference: string;
  query: { split?: string; search?: string; filter?: string[] };
  choose: (row: DataRow) => void;
}) {
  const { t } = useTranslation();
  const columns = useRowColumns(dataset);
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    rowsQuery(reference, query, PAGE),
  );
  if (error) {
    return (
      <div className="px-4 pb-4">
        <ErrorState {...tellError(error)} onRetry={() => void refetch()} />
      </div>
    );
  }
  const rows = (data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      <DataTable
        name={t("Rows that were found")}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row._row)}
        onRowAction={choose}
        maxHeight={560}
        {...(isPending ? { loading: <LoadingState text={t("Searching the rows")} /> } : {})}
        empty={
          <EmptyState title={t("No row fits")} text={t("Take a filter away or search for other words.")} />
        }
      />
      <div className="flex items-center gap-3 border-t border-line px-4 py-2 text-caption text-muted">
        <span role="status">
          {hasNextPage
            ? t("The first {{rows}} rows that fit", { rows: formatCount(rows.length) })
            : t("{{rows}} rows fit", { rows: formatCount(rows.length) })}
        </span>
        {hasNextPage && (
          <Button size="small" isDisabled={isFetching} onPress={() => void fetchNextPage()}>
            {t("Show more")}
          </Button>
        )}
      </div>
    </>
  );
}

function All({
  dataset,
  reference,
  split,
  current,
  choose,
  height,
}: {
  dataset: DatasetDetail;
  reference: string;
  split: string;
  current: number | undefined;
  choose: (row: DataRow, place: number) => void;
  height: number;
}) {
  const { t } = useTranslation();
  const columns = useRowColumns(dataset);
  const load = useCallback(
    async (offset: number, limit: number) =>
      (await readRows(reference, split ? { split } : {}, offset > 0 ? String(offset) : "", limit)).items,
    [reference, split],
  );
  return (
    <LargeTable
      name={t("Rows")}
      columns={columns}
      total={split ? (dataset.splits[split] ?? 0) : dataset.rows}
      load={load}
      {...(current === undefined ? {} : { current })}
      onRowAction={choose}
      height={height}
      empty={<EmptyState title={t("No rows in this part")} text={t("Choose another part.")} />}
    />
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

/** The rows as they were imported, to search, filter and open. */
export function RowsPanel(props: RowsPanelProps) {
  const { dataset, reference, search, onSearch, read, height = 560, opens = false, href } = props;
  const { t } = useTranslation();
  const filters = readFilters(search.filter);
  const split = search.split ?? "";
  const [text, setText] = useTyped(search.q ?? "", (q) => onSearch({ q: q || undefined }));
  const isNarrowed = (search.q ?? "") !== "" || filters.length > 0;
  const choose = (row: DataRow, place?: number) => {
    const number = String(row._row);
    const at = place !== undefined && !split ? String(place) : undefined;
    onSearch({ row: number, at, ...(opens ? { open: number } : {}) });
  };
  const query = {
    ...(split ? { split } : {}),
    ...(search.q ? { search: search.q } : {}),
    ...(filters.length > 0 ? { filter: filters.map(writeFilter) } : {}),
  };
  const opened = useOpened(props);
  const at = search.at ?? (search.row === undefined ? "0" : undefined);
  return (
    <Panel title={t("Rows")} count={formatCount(dataset.rows)} flush>
      <FilterBar
        columns={dataset.columns}
        splits={Object.keys(dataset.splits)}
        split={split}
        onSplit={(next) => onSearch({ split: next || undefined })}
        search={text}
        onSearch={setText}
        filters={filters}
        onFilters={(next) => onSearch({ filter: writeFilters(next) })}
      />
      {isNarrowed ? (
        <Found dataset={dataset} reference={reference} query={query} choose={choose} />
      ) : (
        <All
          dataset={dataset}
          reference={reference}
          split={split}
          current={split || at === undefined ? undefined : Number(at)}
          choose={choose}
          height={Math.min(height, (split ? (dataset.splits[split] ?? 0) : dataset.rows) * 32 + 33)}
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
