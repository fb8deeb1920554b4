import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { datasetsQuery, tokenizersQuery } from "../../../data/datasets.ts";
import { modelsQuery } from "../../../data/models.ts";
import { machineQuery } from "../../../data/system.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount } from "../../../ui/format.ts";
import type { Option } from "../../../ui/Select/Select.tsx";

/** What there is in the workspace, for every setting that names something. */
export function useSuggestions(): Record<string, readonly Option[]> {
  const { t } = useTranslation();
  const datasets = useQuery(datasetsQuery).data?.items;
  const tokenizers = useQuery(tokenizersQuery).data?.items;
  const models = useQuery(modelsQuery).data?.items;
  const machine = useQuery(machineQuery).data;
  return useMemo(() => {
    const names = new Set<string>();
    const data: Option[] = (datasets ?? [])
      .filter((each) => !names.has(each.name) && names.add(each.name))
      .map((each) => ({
        id: each.name,
        label: each.name,
        description: t("{{rows}} rows, {{shape}}", { rows: formatCount(each.rows), shape: t(each.shape) }),
      }));
    const known = (models ?? []).map((each) => ({
      id: each.reference,
      label: each.step === null || each.step === undefined ? each.name : `${each.name}@${each.step}`,
      description: [each.task && t(each.task), each.reference].filter(Boolean).join(", "),
    }));
    const vocabularies = new Map((tokenizers ?? []).map((each) => [each.name, each]));
    return {
      "data.dataset": data,
      "data.mix.dataset": data,
      datasets: data,
      "model.source": known,
      "objective.teacher.source": known,
      "model.tokenizer": [
        { id: "auto", label: "auto", description: t("the newest one") },
        ...[...vocabularies.values()].map((each) => ({
          id: each.name,
          label: each.name,
          description: t("{{amount}} tokens", { amount: formatCount(each.vocab_size) }),
        })),
      ],
      "compute.device": ["auto", "cpu", ...(machine?.gpus.length ? ["cuda"] : [])].map((id) => ({
        id,
        label: id,
      })),
    };
  }, [datasets, tokenizers, models, machine, t]);
}
