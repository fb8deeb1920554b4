import type { Suggestion } from "../../../data/insight.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatBytes, formatPercent, formatValue } from "../../../ui/format.ts";

/** Parts of the time and suggestions in words. */
export function useProfileWords() {
  const { t } = useTranslation();
  const parts: Record<string, string> = {
    data: t("Data"),
    forward: t("Forward"),
    backward: t("Backward"),
    communication: t("Communication"),
    optimizer: t("Optimizer"),
    flow: t("Gradient flow"),
    logging: t("Logging"),
    other: t("Other"),
    evaluation: t("Validation"),
    samples: t("Samples"),
    saving: t("Checkpoints"),
  };
  const reasonOf = ({ kind, because }: Suggestion): string => {
    const share = formatPercent(because.share ?? 0, 1);
    const ratio = formatValue(because.ratio, 3);
    const padding = formatPercent(because.padding ?? 0, 1);
    const reasons: Record<string, string> = {
      padding: t("{{padding}} of what goes through the blocks is padding.", { padding }),
      rounding: t("{{padding}} of each micro-batch is left empty.", { padding }),
      threads: t("All cores together measured {{ratio}} times as fast.", { ratio }),
      precision: t("bf16 measured {{ratio}} times as fast here.", { ratio }),
      evaluation: t("Validation takes {{share}} of the time.", { share }),
      samples: t("Samples take {{share}} of the time.", { share }),
      saving: t("Checkpoints take {{share}} of the time.", { share }),
      logging: t("Writing rows takes {{share}} of the time.", { share }),
      flow: t("Looking at the gradient flow takes {{share}} of the time.", { share }),
      accumulation: t(
        "The optimizer takes {{share}} of the time; half as many updates see the same tokens. Learning changes, too.",
        { share },
      ),
      recomputing: t(
        "Blocks are computed twice, but without it the run would need {{needs}} of {{has}} of memory.",
        { needs: formatBytes(because.needs_bytes ?? 0), has: formatBytes(because.has_bytes ?? 0) },
      ),
    };
    return reasons[kind] ?? "";
  };
  return { parts, reasonOf };
}
