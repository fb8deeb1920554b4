import { humanise } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatPercent, formatValue, NONE } from "../../../ui/format.ts";
import { isCount, isShare } from "./scores.ts";

/** How people call a metric. */
export function useMetricName(): (metric: string) => string {
  const { t } = useTranslation();
  const names: Record<string, string> = {
    loss: t("Loss"),
    perplexity: t("Perplexity"),
    bits_per_byte: t("Bits per byte"),
    token_accuracy: t("Token accuracy"),
    exact_match: t("Exact match"),
    token_jaccard: t("Token Jaccard"),
    bleu: "BLEU",
    rouge_l: "ROUGE-L",
    tokens: t("Tokens"),
    num_rows: t("Rows"),
    execution_accuracy: t("Execution accuracy"),
    language: t("Loss and perplexity"),
    flowroll_execution: t("FLOWROLL execution"),
  };
  return (metric) => {
    const level = /^execution_accuracy_level_(.+)$/.exec(metric)?.[1];
    return level ? t("Execution, level {{level}}", { level }) : (names[metric] ?? humanise(metric));
  };
}

/** A share as percent, a count whole, everything else as a value. */
export function formatMetric(metric: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (isCount(metric)) return formatCount(value);
  return isShare(metric) ? formatPercent(value, 1) : formatValue(value);
}
