import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type DatasetDetail, refineDataset } from "../../../data/datasets.ts";
import { splitPreviewQuery } from "../../../data/history.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { hrefOf } from "../facts/names.ts";
import { MakingRun } from "../state/MakingRun.tsx";
import { useDraft } from "../state/useDraft.ts";
import { isWhole } from "./kinds.ts";
import { SplitFields } from "./SplitFields.tsx";
import { SplitPreview } from "./SplitPreview.tsx";

interface TabProps {
  dataset: DatasetDetail;
  reference: string;
  /** `run`: the run that was started last; a reload finds it again. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

function Preview({ query, dataset }: { query: ReturnType<typeof usePreview>; dataset: DatasetDetail }) {
  const { t } = useTranslation();
  if (query.error) {
    return (
      <Panel
        title={t("What it would do")}
        status="error"
        error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
      />
    );
  }
  if (query.data)
    return <SplitPreview preview={query.data} rowHref={(row) => `${hrefOf(dataset)}?tab=rows&row=${row}`} />;
  return (
    <Panel
      title={t("What it would do")}
      status={query.fetchStatus === "idle" ? "empty" : "loading"}
      loading={<LoadingState text={t("Dealing the rows out")} height={200} />}
      empty={<EmptyState title={t("No column yet")} text={t("Name the column that this split looks at.")} />}
    />
  );
}

function usePreview(reference: string, split: Record<string, unknown>) {
  return useQuery({ ...splitPreviewQuery(reference, split), enabled: isWhole(split) });
}

/** Another split of a version: settings, what it would do, and a new version with it. */
export function SplitTab({ dataset, reference, search, onSearch }: TabProps) {
  const { t } = useTranslation();
  const now = (dataset.meta.split ?? { kind: "ratio" }) as Record<string, unknown>;
  const [split, setSplit, clear] = useDraft<Record<string, unknown>>(`split.${dataset.id}`, now);
  const [error, setError] = useState<unknown>(null);
  const query = usePreview(reference, split);
  const make = async () => {
    setError(null);
    try {
      const { id } = await refineDataset(reference, [{ kind: "resplit", split }]);
      onSearch({ run: id });
      clear();
    } catch (problem) {
      setError(problem);
    }
  };
  const isReady = query.data !== undefined && !query.error && query.data.moved > 0;
  return (
    <>
      <Cell span={4} full>
        <Panel title={t("Split")}>
          <div className="grid gap-4">
            <SplitFields split={split} onChange={setSplit} columns={dataset.columns} />
            {error !== null && <ErrorState {...tellError(error)} />}
            <div className="grid gap-1">
              <Button
                look="primary"
                onPress={() => void make()}
                isDisabled={!isReady}
                className="justify-self-start"
              >
                {t("Make a version with it")}
              </Button>
              {query.data?.moved === 0 && (
                <p className="text-caption text-muted">{t("The rows are split so already.")}</p>
              )}
            </div>
            {search.run && <MakingRun key={search.run} name={dataset.name} run={search.run} />}
          </div>
        </Panel>
      </Cell>
      <Cell span={8}>
        <Preview query={query} dataset={dataset} />
      </Cell>
    </>
  );
}
