import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { baseUrl } from "../../../data/client.ts";
import { type DatasetDetail, type DatasetItem, datasetsQuery } from "../../../data/datasets.ts";
import { type Change, cardQuery, diffQuery, lineageQuery, writeCard } from "../../../data/history.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { toast } from "../../../ui/Toast/toast.ts";
import { referenceOf } from "../facts/names.ts";
import { CardPanel } from "./CardPanel.tsx";
import { LineageMap } from "./LineageMap.tsx";
import { VersionChanges } from "./VersionChanges.tsx";

interface TabProps {
  dataset: DatasetDetail;
  reference: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

/** Versions to compare with: the parents first, then the other versions of the same name, newest first. */
function othersOf(dataset: DatasetDetail, items: readonly DatasetItem[]): string[] {
  const parents = (dataset.meta.parents ?? []) as { id: string }[];
  const known = items.filter(({ id }) => id !== dataset.id);
  const made = parents.flatMap(({ id }) => known.find((each) => each.id === id) ?? []);
  const same = known.filter(({ name }) => name === dataset.name).sort((a, b) => b.version - a.version);
  return [...new Set([...made, ...same].map(referenceOf))];
}

/** The kind that is shown first is the first of these that there is. */
const KINDS: readonly Change[] = ["changed", "added", "removed", "moved"];

function Lineage({ dataset }: TabProps) {
  const { t } = useTranslation();
  const query = useQuery(lineageQuery("dataset", dataset.id));
  return (
    <Panel
      title={t("Where it comes from, and what was made of it")}
      status={query.data ? "ready" : query.error ? "error" : "loading"}
      loading={<LoadingState text={t("Following the threads")} height={120} />}
      error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
    >
      {query.data && <LineageMap graph={query.data} />}
    </Panel>
  );
}

function Changes({ dataset, reference, search, onSearch }: TabProps) {
  const { t } = useTranslation();
  const { data } = useQuery(datasetsQuery);
  const others = othersOf(dataset, data?.items ?? []);
  const other = search.other && others.includes(search.other) ? search.other : (others[0] ?? "");
  const counts = useInfiniteQuery(diffQuery(reference, other, search.key ?? "", "changed")).data?.pages[0]
    ?.counts;
  const show = (search.change ?? KINDS.find((each) => counts?.[each]) ?? "changed") as Change;
  const query = useInfiniteQuery(diffQuery(reference, other, search.key ?? "", show));
  const first = query.data?.pages[0];
  const isAlone = data !== undefined && others.length === 0;
  if (first && !query.error) {
    return (
      <VersionChanges
        diff={first}
        items={query.data?.pages.flatMap(({ items }) => items) ?? []}
        show={show}
        onShow={(next) => onSearch({ change: next })}
        others={others}
        other={other}
        onOther={(next) => onSearch({ other: next, key: undefined })}
        columns={dataset.columns}
        onKey={(key) => onSearch({ key: key || undefined })}
        onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
      />
    );
  }
  return (
    <Panel
      title={t("What changed")}
      status={query.error ? "error" : isAlone ? "empty" : "loading"}
      loading={<LoadingState text={t("Comparing the rows")} height={160} />}
      error={
        <ErrorState
          {...tellError(query.error)}
          onRetry={() => (search.key ? onSearch({ key: undefined }) : void query.refetch())}
        />
      }
      empty={
        <EmptyState
          title={t("Only one version yet")}
          text={t("Import it again or clean it: what changed stands here, row by row.")}
        />
      }
    />
  );
}

function OwnCard({ dataset, reference }: TabProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(cardQuery(reference));
  const save = async (words: string) => {
    try {
      client.setQueryData(cardQuery(reference).queryKey, await writeCard(reference, words));
      toast({ message: t("The card is kept."), tone: "success" });
    } catch (error) {
      toast({ message: tellError(error).what, tone: "danger" });
    }
  };
  if (query.data) {
    return (
      <CardPanel
        id={dataset.id}
        {...query.data}
        file={`${baseUrl()}/api/datasets/${encodeURIComponent(reference)}/card/file`}
        onSave={save}
      />
    );
  }
  return (
    <Panel
      title={t("Card")}
      status={query.error ? "error" : "loading"}
      loading={<LoadingState text={t("Reading the card")} />}
      error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
    />
  );
}

/** Lineage, changes since an older version, and the card. */
export function VersionsTab(props: TabProps) {
  return (
    <>
      <Lineage {...props} />
      <Changes {...props} />
      <OwnCard {...props} />
    </>
  );
}
