import { useQuery } from "@tanstack/react-query";
import { type DatasetDetail, statsQuery } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { useTokenizers } from "../overview/useRowAsRead.ts";
import { CorpusTab } from "./corpus/CorpusTab.tsx";
import { Statistics } from "./Statistics.tsx";

interface TabProps {
  dataset: DatasetDetail;
  reference: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

/** Counted by the server, for one part and one tokenizer. */
export function StatisticsTab({ dataset, reference, search, onSearch }: TabProps) {
  const { t } = useTranslation();
  const { tokenizers, tokenizer, isPending } = useTokenizers(search);
  const split = search.split ?? "";
  const stats = useQuery({ ...statsQuery(reference, tokenizer, split || undefined), enabled: !isPending });
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label={t("Tokenizer")}
          className="w-56"
          mono
          options={tokenizers.map((id) => ({ id, label: id }))}
          value={tokenizer || null}
          onChange={(next) => onSearch({ tokenizer: next })}
          placeholder={t("None yet")}
        />
        <Select
          label={t("Part")}
          className="w-44"
          options={[
            { id: "", label: t("All parts") },
            ...Object.keys(dataset.splits).map((id) => ({ id, label: id })),
          ]}
          value={split}
          onChange={(next) => onSearch({ split: next || undefined })}
        />
      </div>
      {stats.data ? (
        <Statistics stats={stats.data} tokenizer={tokenizer} />
      ) : (
        <Panel
          title={t("Statistics")}
          status={stats.error ? "error" : "loading"}
          error={<ErrorState {...tellError(stats.error)} onRetry={() => void stats.refetch()} />}
          loading={
            <LoadingState
              text={t("Counting characters and tokens")}
              progress={t("up to 10,000 rows are read")}
              height={240}
            />
          }
        />
      )}
      {!isPending && (
        <CorpusTab
          reference={reference}
          tokenizer={tokenizer}
          split={split}
          mapBy={search.by ?? ""}
          onSearch={onSearch}
        />
      )}
    </>
  );
}
