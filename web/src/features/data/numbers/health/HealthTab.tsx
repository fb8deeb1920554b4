import { type ReactNode, useState } from "react";
import { type DatasetDetail, refineDataset } from "../../../../data/datasets.ts";
import type { DataFinding, Looked } from "../../../../data/looking/inspection.ts";
import { tellError } from "../../../../data/problem.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { Select } from "../../../../ui/Select/Select.tsx";
import { hrefOf } from "../../facts/names.ts";
import { useTokenizers } from "../../overview/useRowAsRead.ts";
import { MakingRun } from "../../state/MakingRun.tsx";
import { Health } from "./Health.tsx";
import { Inspecting } from "./Inspecting.tsx";
import { USUALLY, useHealth } from "./useHealth.ts";

const CONTEXTS = [128, 256, 512, 1024, 2048, 4096, 8192, 32768];

export interface HealthTabProps {
  dataset: DatasetDetail;
  reference: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
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
  const { tokenizers, isPending } = useTokenizers(search);
  const tokenizer = tokenizers.includes(search.tokenizer ?? "") ? (search.tokenizer ?? "") : "";
  const looked: Looked = {
    tokenizer,
    context: Number(search.context) || USUALLY.context,
    near: search.near === "yes",
  };
  const health = useHealth(reference, looked, !isPending);
  const { fixes, fix } = useStarted(reference);
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
        validation={health.validation}
        error={health.error}
        onRetry={health.retry}
        href={hrefOf(dataset)}
        trainHref={`/recipes/edit?dataset=${encodeURIComponent(reference)}`}
        onInspect={health.inspect}
        onFix={(finding) => void fix(finding)}
        fixes={fixes}
        {...(health.run ? { watch: <Inspecting id={health.run} onEnd={health.end} /> } : {})}
      />
    </>
  );
}
