import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { type DatasetDetail, refineDataset } from "../../../../data/datasets.ts";
import {
  type DataFinding,
  type Looked,
  startInspection,
  validationQuery,
} from "../../../../data/looking/inspection.ts";
import { tellError } from "../../../../data/problem.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { Select } from "../../../../ui/Select/Select.tsx";
import { hrefOf } from "../../facts/names.ts";
import { RunLine } from "../../importing/RunLine.tsx";
import { useMakingRun, useProgress } from "../../importing/useImportRun.ts";
import { useTokenizers } from "../../overview/useRowAsRead.ts";
import { MakingRun } from "../../state/MakingRun.tsx";
import { Health } from "./Health.tsx";

const CONTEXTS = [128, 256, 512, 1024, 2048, 4096, 8192, 32768];

export interface HealthTabProps {
  dataset: DatasetDetail;
  reference: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

/** The run that looks at all rows, to its end. */
function Watching({ id, onEnd }: { id: string; onEnd: () => void }) {
  const { t } = useTranslation();
  const { run } = useMakingRun(id);
  const progress = useProgress(id);
  const isDone = run?.state === "completed";
  useEffect(() => {
    if (isDone) onEnd();
  }, [isDone, onEnd]);
  return run && !isDone ? <RunLine name={t("Looking at all rows")} run={run} progress={progress} /> : null;
}

function useStarted(reference: string) {
  const [fixes, setFixes] = useState<ReadonlyMap<string, ReactNode>>(new Map());
  const { t } = useTranslation();
  const put = (id: string, node: ReactNode) => setFixes((old) => new Map([...old, [id, node]]));
  const fix = async (finding: DataFinding) => {
    try {
      const { id } = await refineDataset(reference, finding.fix);
      put(
        finding.id,
        <div className="mt-2">
          <MakingRun
            run={id}
            name={t("Mending the rows")}
            words={() => t("A new version was made; this one stays as it is.")}
          />
        </div>,
      );
    } catch (error) {
      put(finding.id, <ErrorState {...tellError(error)} />);
    }
  };
  return { fixes, fix };
}

/** Findings of the server's checks, with what they are looked at with in the address. */
export function HealthTab({ dataset, reference, search, onSearch }: HealthTabProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { tokenizers, isPending } = useTokenizers(search);
  const tokenizer = tokenizers.includes(search.tokenizer ?? "") ? (search.tokenizer ?? "") : "";
  const looked: Looked = {
    tokenizer,
    context: Number(search.context) || 1024,
    near: search.near === "yes",
  };
  const query = useQuery({ ...validationQuery(reference, looked), enabled: !isPending });
  const [run, setRun] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const { fixes, fix } = useStarted(reference);
  const inspect = () => {
    setProblem(null);
    startInspection(reference, looked).then(({ id }) => setRun(id), setProblem);
  };
  const end = useCallback(() => {
    setRun("");
    void client.invalidateQueries({ queryKey: ["dataset", reference, "validation"] });
  }, [client, reference]);
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label={t("Tokenizer")}
          className="w-56"
          mono
          options={[
            { id: "", label: t("None: lengths are not checked") },
            ...tokenizers.map((id) => ({ id, label: id })),
          ]}
          value={tokenizer}
          onChange={(next) => onSearch({ tokenizer: next || undefined })}
        />
        <Select
          label={t("Context")}
          className="w-36"
          options={CONTEXTS.map((length) => ({
            id: String(length),
            label: t("{{length}} tokens", { length: formatCount(length) }),
          }))}
          value={String(looked.context)}
          onChange={(next) => onSearch({ context: next === "1024" ? undefined : next })}
        />
        {!looked.near && (
          <Button onPress={() => onSearch({ near: "yes" })}>{t("Search rows that are nearly alike")}</Button>
        )}
      </div>
      <Health
        validation={query.data ?? null}
        error={problem ?? query.error}
        onRetry={() => (problem ? inspect() : void query.refetch())}
        href={hrefOf(dataset)}
        trainHref={`/recipes/edit?dataset=${encodeURIComponent(reference)}`}
        onInspect={inspect}
        onFix={(finding) => void fix(finding)}
        fixes={fixes}
        {...(run ? { watch: <Watching id={run} onEnd={end} /> } : {})}
      />
    </>
  );
}
