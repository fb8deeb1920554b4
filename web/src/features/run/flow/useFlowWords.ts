import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatValue } from "../../../ui/format.ts";
import type { FlagGroup, FlowHistogram, FlowMetric } from "./flows.ts";

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
    dead: t("Every gradient is 0: the loss does not depend on these weights."),
    vanishing: t("The gradient is less than a thousandth of what is usual for the other blocks."),
    exploding: t("The gradient is more than twenty times what it was before, or no number."),
    large_update: t("A step changes more than a tenth of the weights’ norm; a thousandth is usual."),
  };
  const kinds: Record<string, string> = {
    dead: t("No gradient"),
    vanishing: t("Vanishing gradient"),
    exploding: t("Exploding gradient"),
    large_update: t("Large update"),
  };
  const titleOf = ({ layers, kind }: FlagGroup) => {
    const named = layers.length > MOST_NAMED ? layers.slice(0, MOST_NAMED - 1) : layers;
    const rest = layers.length - named.length;
    const names =
      rest > 0
        ? t("{{names}} and {{count}} more", { names: named.join(", "), count: rest })
        : named.join(", ");
    return `${kinds[kind] ?? kind}: ${names}`;
  };
  const detailOf = (flag: FlagGroup) => {
    const when = flag.is_now
      ? t("Still so at step {{last}}; first at step {{first}}.", steps(flag))
      : t("From step {{first}} to {{last}}; not any more.", steps(flag));
    const numbers =
      flag.value == null || flag.limit == null
        ? ""
        : t("At worst {{value}}, where {{limit}} is the limit.", {
            value: formatValue(flag.value, 3),
            limit: formatValue(flag.limit, 3),
          });
    return [reasons[flag.kind], numbers, when].filter(Boolean).join(" ");
  };
  return { metrics, histograms, titleOf, detailOf };
}

const MOST_NAMED = 6;

const steps = (flag: FlagGroup) => ({
  first: formatCount(flag.first_step),
  last: formatCount(flag.last_step),
});
