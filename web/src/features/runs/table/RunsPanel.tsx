import type { Problem } from "../../../data/client.ts";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
import type { Sort } from "../../../ui/DataTable/types.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import type { View } from "../filters.ts";
import type { RunsTable } from "../useRunsTable.ts";
import { BulkBar, type BulkBarProps } from "./BulkBar.tsx";
import { ColumnChooser } from "./ColumnChooser.tsx";
import { tableColumns } from "./cells.tsx";
import { SavedViews } from "./SavedViews.tsx";

export interface RunsPanelProps {
  rows: readonly Run[];
  selected: readonly Run[];
  chosen: ReadonlySet<string>;
  table: Pick<RunsTable, "columns" | "view" | "sort" | "isPending" | "hasMore" | "more">;
  /** The filter line as it is typed. */
  typed: string;
  /** What the server says of the filter line or the list. */
  problem: Problem | null;
  names: { metrics: string[]; params: string[]; tags: string[] };
  search: Record<string, string>;
  onTyped: (text: string) => void;
  onView: (view: View) => void;
  onSort: (sort: Sort) => void;
  onColumns: (columns: string[]) => void;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onOpen: (run: Run) => void;
  onGo: (href: string) => void;
  bulk: Omit<BulkBarProps, "runs" | "knownTags">;
}

/** The table of runs with everything that changes what it shows. */
export function RunsPanel(props: RunsPanelProps) {
  const { rows, table, problem, names, search } = props;
  const { t } = useTranslation();
  return (
    <Panel
      title={t("All runs")}
      flush
      tools={
        <>
          <Views view={table.view} onView={props.onView} />
          <SavedViews search={search} onOpen={(saved) => props.onSearch({ ...cleared(search), ...saved })} />
          <ColumnChooser
            chosen={table.columns}
            metrics={names.metrics}
            params={names.params}
            onChange={props.onColumns}
          />
        </>
      }
      footer={
        table.hasMore ? (
          <Button size="small" onPress={table.more}>
            {t("Show more")}
          </Button>
        ) : (
          <span>
            {t(
              "Space chooses, Enter opens; a filter such as state=failed metrics.val/loss<2 tag=best finds.",
            )}
          </span>
        )
      }
    >
      <div className="px-4 pb-3">
        <SearchField
          label={t("Filter runs")}
          placeholder={t("Filter: words, state=failed, metrics.val/loss<2, tag=best")}
          value={props.typed}
          onChange={props.onTyped}
        />
        {problem && (
          <p role="alert" className="mt-1 text-caption text-danger">
            {problem.detail} {problem.hint}
          </p>
        )}
      </div>
      <DataTable
        name={t("Runs")}
        columns={tableColumns(table.columns, rows, t)}
        rows={rows}
        rowKey={(run) => run.id}
        rowName={(run) => run.name}
        sort={table.sort}
        onSort={props.onSort}
        selection={props.chosen}
        onSelect={props.onChoose}
        onRowAction={props.onOpen}
        maxHeight={640}
        empty={<Nothing {...props} />}
        {...(table.isPending && !problem
          ? { loading: <LoadingState text={t("Reading the runs")} height={240} /> }
          : {})}
      />
      {props.selected.length > 0 && <BulkBar runs={props.selected} knownTags={names.tags} {...props.bulk} />}
    </Panel>
  );
}

function Views({ view, onView }: { view: View; onView: (view: View) => void }) {
  const { t } = useTranslation();
  return (
    <Segmented
      label={t("Which runs")}
      value={view}
      onChange={(id) => onView(id as View)}
      size="small"
      options={[
        { id: "training", label: t("Training") },
        { id: "live", label: t("Live") },
        { id: "starred", label: t("Starred") },
        { id: "all", label: t("All") },
        { id: "archived", label: t("Archived") },
      ]}
    />
  );
}

function Nothing({ typed, problem, table, onTyped, onView, onGo }: RunsPanelProps) {
  const { t } = useTranslation();
  if (problem) return <EmptyState title={t("The list waits for a filter that can be read")} />;
  if (typed || table.view !== "training") {
    const all = () => {
      onTyped("");
      onView("training");
    };
    return (
      <EmptyState
        title={t("No run fits")}
        text={t("Nothing is lost; only the filter is narrow.")}
        action={
          <Button size="small" onPress={all}>
            {t("Show all training runs")}
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title={t("No runs yet")}
      text={t("A run is one training of one recipe. It stands here from its first second.")}
      action={
        <Button size="small" onPress={() => onGo("/recipes")}>
          {t("Choose a recipe")}
        </Button>
      }
    />
  );
}

function cleared(search: Record<string, string>): Record<string, undefined> {
  return Object.fromEntries(Object.keys(search).map((key) => [key, undefined]));
}
