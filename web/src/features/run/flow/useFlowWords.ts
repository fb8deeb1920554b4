import type { FlowFlag } from "../../../data/insight.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatValue } from "../../../ui/format.ts";
import type { FlowHistogram, FlowMetric } from "./flows.ts";

/** Metrics, histograms, layers and flags in words. */
export function useFlowWords() {
  const { t } = useTranslation();
  const metrics: Record<FlowMetric, string> = {
    grad_norm: t("Gradient norm"),
    update_ratio: t("Update"),
    weight_norm: t("Weight norm"),
    zero_share: t("Zeros"),
  };
  const histograms: Record<FlowHistogram, string> = {
    gradients: t("Gradients"),
    weights: t("Weights"),
    activations: t("Activations"),
  };
  const reasons: Record<string, string> = {
    dead: t("No gradient reaches it: the loss does not depend on it."),
    vanishing: t("Its gradient is less than a thousandth of what is usual for the other blocks."),
    exploding: t("Its gradient is more than twenty times what it was before, or no number."),
    large_update: t("A step changes more than a tenth of its weights’ norm; a thousandth is usual."),
  };
  const kinds: Record<string, string> = {
    dead: t("dead"),
    vanishing: t("vanishing gradient"),
    exploding: t("exploding gradient"),
    large_update: t("large update"),
  };
  const titleOf = ({ layer, kind }: FlowFlag) => `${layer}: ${kinds[kind] ?? kind}`;
  const detailOf = (flag: FlowFlag) => {
    const when = flag.is_now
      ? t("Still so at step {{last}}; first at step {{first}}.", steps(flag))
      : t("Last at step {{last}}, first at step {{first}}; not any more.", steps(flag));
    const numbers =
      flag.value == null || flag.limit == null
        ? ""
        : t("{{value}}, where {{limit}} is the limit.", {
            value: formatValue(flag.value, 3),
            limit: formatValue(flag.limit, 3),
          });
    return [reasons[flag.kind], numbers, when].filter(Boolean).join(" ");
  };
  return { metrics, histograms, titleOf, detailOf };
}

const steps = (flag: FlowFlag) => ({
  first: formatCount(flag.first_step),
  last: formatCount(flag.last_step ?? flag.first_step),
});
