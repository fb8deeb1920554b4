import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { candidatesQuery, compareQuery, fitQuery } from "../../../../data/looking/lab.ts";
import { modelsQuery } from "../../../../data/models.ts";
import { tellError } from "../../../../data/problem.ts";
import { startRun } from "../../../../data/runs.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { LoadingState } from "../../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { Select } from "../../../../ui/Select/Select.tsx";
import { MakingRun } from "../../state/MakingRun.tsx";
import { CutWords, Differences, FitTable } from "./FitPanel.tsx";
import { Words } from "./Words.tsx";

type Search = Record<string, string>;

export interface LabPanelProps {
  tokenizer: string;
  /** References of all tokenizers. */
  tokenizers: readonly string[];
  /** Names of datasets. */
  datasets: readonly string[];
  search: Search;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

interface PartProps extends LabPanelProps {
  dataset: string;
}

function Fit({ tokenizer, dataset, search }: PartProps) {
  const { t } = useTranslation();
  const other = search.beside ?? "";
  const alone = useQuery({ ...fitQuery(tokenizer, dataset), enabled: other === "" && dataset !== "" });
  const both = useQuery(compareQuery(tokenizer, other, dataset));
  const query = other ? both : alone;
  if (query.error) return <ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />;
  if (other && both.data) {
    return (
      <div className="grid gap-4">
        <FitTable fits={[both.data.first, both.data.second]} />
        <Differences comparison={both.data} />
      </div>
    );
  }
  if (!other && alone.data) {
    return (
      <div className="grid gap-4">
        <FitTable fits={[{ ...alone.data, name: tokenizer }]} />
        <div>
          <h3 className="mb-1 text-caption text-muted">{t("Words that are cut most")}</h3>
          <CutWords fit={alone.data} />
        </div>
      </div>
    );
  }
  return <LoadingState text={t("Cutting the texts")} height={200} />;
}

function Lacking({ tokenizer, dataset }: PartProps) {
  const { t } = useTranslation();
  const query = useQuery(candidatesQuery(tokenizer, dataset, 100));
  const models = useQuery(modelsQuery);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [model, setModel] = useState("");
  const [run, setRun] = useState("");
  const [error, setError] = useState<unknown>(null);
  const found = query.data;
  useEffect(() => setChosen(new Set(found?.candidates.map(({ text }) => text))), [found]);
  const add = async () => {
    setError(null);
    try {
      const started = await startRun({
        task: "vocabulary",
        model: { kind: "pretrained", source: model },
        words: [...chosen],
        datasets: [dataset],
        count: 0,
      });
      setRun(started.id);
    } catch (problem) {
      setError(problem);
    }
  };
  if (query.error) return <ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />;
  if (!found) return <LoadingState text={t("Weighing the words")} height={200} />;
  return (
    <div className="grid gap-4">
      <Words
        found={found}
        chosen={chosen}
        onChoose={setChosen}
        models={(models.data?.items ?? []).map(({ reference, name }) => ({
          id: reference,
          label: name || reference,
        }))}
        model={model}
        onModel={setModel}
        onAdd={() => void add()}
      />
      {error !== null && <ErrorState {...tellError(error)} />}
      {run && <MakingRun key={run} run={run} name={model} />}
    </div>
  );
}

/** How well a tokenizer fits a dataset, beside another one, and the words that it lacks. */
export function LabPanel(props: LabPanelProps) {
  const { tokenizer, tokenizers, datasets, search, onSearch } = props;
  const { t } = useTranslation();
  const dataset = search.on && datasets.includes(search.on) ? search.on : (datasets[0] ?? "");
  const part: PartProps = { ...props, dataset };
  const none = (
    <EmptyState
      title={t("No dataset yet")}
      text={t("Import one: how well the vocabulary fits it stands here.")}
    />
  );
  return (
    <>
      <Panel
        title={t("How well it fits")}
        count={tokenizer}
        status={dataset ? "ready" : "empty"}
        empty={none}
        footer={t("Counted on an even sample of at most {{rows}} rows.", { rows: formatCount(5000) })}
      >
        <div className="mb-4 flex flex-wrap items-end gap-3">
          <Select
            label={t("On the dataset")}
            className="w-52"
            mono
            options={datasets.map((id) => ({ id, label: id }))}
            value={dataset}
            onChange={(on) => onSearch({ on })}
          />
          <Select
            label={t("Beside")}
            className="w-52"
            mono
            options={[
              { id: "", label: t("no other") },
              ...tokenizers.filter((id) => id !== tokenizer).map((id) => ({ id, label: id })),
            ]}
            value={search.beside ?? ""}
            onChange={(beside) => onSearch({ beside: beside || undefined })}
          />
        </div>
        <Fit {...part} />
      </Panel>
      {dataset && (
        <Panel title={t("Words worth a token")} count={t("in {{dataset}}", { dataset })}>
          <Lacking {...part} />
        </Panel>
      )}
    </>
  );
}
