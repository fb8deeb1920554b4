import { useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { datasetsQuery } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import type { Sort } from "../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { TabNav } from "../../../ui/Tabs/TabNav.tsx";
import { useTyped } from "../../../ui/useTyped.ts";
import { groupDatasets, referenceOf } from "../facts/names.ts";
import { ImportSheet } from "../importing/ImportSheet.tsx";
import { ImportWatch } from "../importing/ImportWatch.tsx";
import { PageDrop } from "../importing/PageDrop.tsx";
import { addFiles, addWhole, useQueue } from "../importing/queue.ts";
import { DatasetList } from "../list/DatasetList.tsx";
import { UnfinishedUploads } from "../list/unfinished/UnfinishedUploads.tsx";
import { useHidden, useRemoval } from "../state/useRemoval.ts";
import { StorageTab } from "../storage/StorageTab.tsx";
import { TokenizersTab } from "../tokenizers/TokenizersTab.tsx";

export interface DataPageProps {
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

const readSort = (text: string | undefined): Sort => {
  const [column = "created", direction] = (text ?? "created descending").split(" ");
  return { column, direction: direction === "ascending" ? "ascending" : "descending" };
};

function useDatasets() {
  const query = useQuery(datasetsQuery);
  const hidden = useHidden();
  const items = (query.data?.items ?? []).filter((each) => !hidden.has(`dataset ${referenceOf(each)}`));
  return { query, items };
}

type Datasets = ReturnType<typeof useDatasets>;

function DatasetsPanel({ search, onSearch, onGo, query, items }: DataPageProps & Datasets) {
  const { t } = useTranslation();
  const remove = useRemoval("dataset");
  const [text, setText] = useTyped(search.q ?? "", (q) => onSearch({ q: q || undefined }));
  const all = groupDatasets(items);
  const shown = all.filter(({ name }) => name.toLowerCase().includes((search.q ?? "").toLowerCase()));
  const status = query.isPending ? "loading" : query.error ? "error" : all.length === 0 ? "empty" : "ready";
  const open = (
    <Button icon={Upload} onPress={() => onSearch({ import: "open" })}>
      {t("Import data")}
    </Button>
  );
  return (
    <Panel
      title={t("Datasets")}
      count={all.length > 0 ? formatCount(all.length) : undefined}
      tools={
        all.length > 5 && (
          <div className="w-56 max-sm:w-full">
            <SearchField label={t("Search datasets")} value={text} onChange={setText} />
          </div>
        )
      }
      flush
      status={status}
      loading={<LoadingState text={t("Reading the datasets")} height={200} />}
      error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
      empty={
        <EmptyState
          title={t("No datasets yet")}
          text={t(
            "Drop files anywhere on this page. What they hold is found by itself; bad rows are set aside and told.",
          )}
          action={open}
        />
      }
    >
      {shown.length === 0 ? (
        <EmptyState title={t("No dataset has this name")} text={t("Search for another part of its name.")} />
      ) : (
        <DatasetList
          groups={shown}
          sort={readSort(search.sort)}
          onSort={({ column, direction }) => onSearch({ sort: `${column} ${direction}` })}
          onOpen={onGo}
          onRemove={remove}
        />
      )}
    </Panel>
  );
}

/** All data of the workspace: datasets, tokenizers, and the way in. */
export function DataPage(props: DataPageProps) {
  const { search, onSearch, onGo } = props;
  const { t } = useTranslation();
  const datasets = useDatasets();
  const queue = useQueue();
  const tab = ["tokenizers", "storage"].includes(search.tab ?? "") ? search.tab : "datasets";
  const openImport = () => onSearch({ import: "open" });
  usePageActions([{ id: "import", label: t("Import data"), icon: Upload, shortcut: "i", act: openImport }]);
  const taken = new Map(
    [...datasets.items].sort((a, b) => a.version - b.version).map((each) => [each.name, each.version]),
  );
  const rows = groupDatasets(datasets.items).reduce((sum, { newest }) => sum + newest.rows, 0);
  return (
    <Page>
      <PageHeader
        title={t("Data")}
        sub={[
          datasets.items.length > 0
            ? t("{{rows}} rows in {{count}} datasets", {
                rows: formatCount(rows),
                count: taken.size,
                defaultValue_one: "{{rows}} rows in one dataset",
              })
            : t("What your model learns from."),
        ]}
        actions={
          <Button look="primary" icon={Upload} onPress={openImport}>
            {queue.length > 0
              ? t("Import data ({{count}} under way)", { count: queue.length })
              : t("Import data")}
          </Button>
        }
      />
      <TabNav
        label={t("Kinds of data")}
        value={tab ?? "datasets"}
        items={[
          { id: "datasets", label: t("Datasets"), href: "/data" },
          { id: "tokenizers", label: t("Tokenizers"), href: "/data?tab=tokenizers" },
          { id: "storage", label: t("Disk"), href: "/data?tab=storage" },
        ]}
      />
      {tab === "datasets" && (
        <>
          <UnfinishedUploads
            onContinue={(file, id) => {
              addFiles([file], id);
              openImport();
            }}
            onImport={(upload) => {
              addWhole(upload);
              openImport();
            }}
          />
          <DatasetsPanel {...props} {...datasets} />
        </>
      )}
      {tab === "tokenizers" && (
        <TokenizersTab search={search} onSearch={onSearch} datasets={datasets.items} />
      )}
      {tab === "storage" && <StorageTab />}
      <ImportSheet
        isOpen={search.import === "open"}
        onClose={() => onSearch({ import: undefined, from: undefined })}
        from={search.from ?? "files"}
        onFrom={(from) => onSearch({ from: from === "files" ? undefined : from })}
        taken={taken}
      />
      <ImportWatch onGo={onGo} />
      <PageDrop
        onFiles={(files) => {
          addFiles(files);
          openImport();
        }}
      />
    </Page>
  );
}
