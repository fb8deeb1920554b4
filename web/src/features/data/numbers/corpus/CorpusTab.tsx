import { useQuery } from "@tanstack/react-query";
import { corpusQuery } from "../../../../data/looking/inspection.ts";
import { tellError } from "../../../../data/problem.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { CorpusViews } from "./CorpusViews.tsx";
import { MapPart } from "./MapPart.tsx";

interface CorpusTabProps {
  reference: string;
  tokenizer: string;
  split: string;
  /** The model that lays rows out; empty: their words do. */
  mapBy: string;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

/** The corpus views of one part under one tokenizer, below the statistics. */
export function CorpusTab({ reference, tokenizer, split, mapBy, onSearch }: CorpusTabProps) {
  const { t } = useTranslation();
  const corpus = useQuery(corpusQuery(reference, tokenizer, split));
  const rows = (changes: Record<string, string | undefined>) => onSearch({ tab: "rows", ...changes });
  return (
    <>
      {corpus.data ? (
        <CorpusViews corpus={corpus.data} onSearch={(q) => rows({ q })} />
      ) : (
        <Panel
          title={t("Words")}
          status={corpus.error ? "error" : "loading"}
          error={<ErrorState {...tellError(corpus.error)} onRetry={() => void corpus.refetch()} />}
          loading={
            <LoadingState
              text={t("Counting words")}
              progress={t("every row for lengths, up to 50,000 for words")}
              height={240}
            />
          }
        />
      )}
      <MapPart
        reference={reference}
        split={split}
        model={mapBy}
        onModel={(model) => onSearch({ by: model || undefined })}
        onRows={(found) => rows({ filter: `_row=[${found.join(",")}]` })}
        onRow={(row) => rows({ row: String(row), open: String(row) })}
      />
    </>
  );
}
