import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows, Plus } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../data/client.ts";
import { runNamesQuery } from "../../data/runs.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { usePageActions } from "../../ui/actions.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { formatCount } from "../../ui/format.ts";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { useTyped } from "../../ui/useTyped.ts";
import { columnsText } from "./columns.ts";
import { RunsPanel } from "./table/RunsPanel.tsx";
import { useRunActions } from "./useRunActions.ts";
import { useRunsTable } from "./useRunsTable.ts";

export interface RunsPageProps {
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

/** All runs: filter, sort, choose columns, compare, annotate. Everything that is shown stands in the address. */
export function RunsPage({ search, onSearch, onGo }: RunsPageProps) {
  const { t } = useTranslation();
  const table = useRunsTable(search);
  const names = useQuery(runNamesQuery);
  const actions = useRunActions();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useTyped(search.filter ?? "", (filter) =>
    onSearch({ filter: filter || undefined }),
  );
  const rows = table.rows.filter((run) => !actions.hidden.has(run.id));
  const selected = rows.filter((run) => chosen.has(run.id));
  const compare = () => onGo(`/compare?runs=${selected.map((run) => run.id).join(",")}`);
  usePageActions([
    { id: "new-run", label: t("New run"), icon: Plus, shortcut: "n", act: () => onGo("/recipes") },
    {
      id: "compare",
      label: t("Compare the chosen runs"),
      icon: GitCompareArrows,
      shortcut: "c",
      act: compare,
      ...(selected.length < 2 ? { why: t("Choose two runs or more.") } : {}),
    },
  ]);
  return (
    <Page>
      <PageHeader
        title={t("Runs")}
        sub={[
          t("{{count}} shown", { count: rows.length }),
          table.total > rows.length ? t("{{total}} in all", { total: formatCount(table.total) }) : "",
        ].filter(Boolean)}
        actions={
          <Button look="primary" icon={Plus} onPress={() => onGo("/recipes")}>
            {t("New run")}
          </Button>
        }
      />
      <RunsPanel
        rows={rows}
        selected={selected}
        chosen={chosen}
        table={table}
        typed={typed}
        problem={table.error instanceof ApiError ? table.error.problem : null}
        names={names.data ?? { metrics: [], params: [], tags: [], projects: [], tasks: [] }}
        search={search}
        onTyped={setTyped}
        onView={(view) => onSearch({ view: view === "training" ? undefined : view })}
        onSort={(sort) => onSearch({ sort: (sort.direction === "descending" ? "-" : "") + sort.column })}
        onColumns={(columns) => onSearch({ columns: columnsText(columns) })}
        onSearch={onSearch}
        onChoose={setChosen}
        onOpen={(run) => onGo(`/runs/${run.id}`)}
        onGo={onGo}
        bulk={{
          onCompare: compare,
          onStar: (starred) =>
            void actions.annotate(
              selected.map((run) => run.id),
              { starred },
            ),
          onArchive: (archived) => {
            void actions.archive(
              selected.map((run) => run.id),
              archived,
            );
            setChosen(new Set());
          },
          onTag: (tags) =>
            void actions.annotate(
              selected.map((run) => run.id),
              { tags },
            ),
          onDelete: () => {
            actions.remove(selected.map((run) => run.id));
            setChosen(new Set());
          },
          onClear: () => setChosen(new Set()),
        }}
      />
    </Page>
  );
}
