import type { Estimate } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { formatBytes } from "../../../ui/format.ts";
import { StackBar } from "../../../ui/StackBar/StackBar.tsx";

export interface MemoryProps {
  estimate: Estimate;
  canApply: (change: string) => boolean;
  onApply: (change: string) => void;
}

const PARTS = ["weights", "gradients", "optimizer", "activations", "logits", "beside", "base"] as const;
const NAMES: Record<(typeof PARTS)[number], string> = {
  weights: "Weights",
  gradients: "Gradients",
  optimizer: "Optimizer",
  activations: "Activations",
  logits: "Logits",
  beside: "Other models",
  base: "Libraries",
};
/** Levers are offered from this share of the memory on. */
const TIGHT = 0.5;

/** Memory by part of what the machine has; where it is tight, what would make it fit. */
export function Memory({ estimate, canApply, onApply }: MemoryProps) {
  const { t } = useTranslation();
  const { total_bytes: total, available_bytes: available, low_bytes: low, high_bytes: high } = estimate;
  const isTight = !estimate.fits || total > TIGHT * available;
  return (
    <section aria-label={t("Memory")}>
      <div className="mb-1.5 flex items-baseline justify-between gap-3 tabular-nums">
        <span className="text-muted">{t("Memory")}</span>
        <span title={t("{{low}} to {{high}}", { low: formatBytes(low), high: formatBytes(high) })}>
          <b className="font-semibold">{formatBytes(total)}</b>{" "}
          <span className="text-muted">{t("of {{total}}", { total: formatBytes(available) })}</span>
        </span>
      </div>
      <StackBar
        name={t("Memory")}
        parts={PARTS.filter((part) => estimate.parts_bytes[part] > 0).map((part) => ({
          label: t(NAMES[part]),
          value: estimate.parts_bytes[part],
        }))}
        total={available}
        format={formatBytes}
      />
      <p className="mt-1.5 text-caption text-muted">
        {t("{{low}} to {{high}}", { low: formatBytes(low), high: formatBytes(high) })},{" "}
        {estimate.memory_runs === 0
          ? t("by shapes alone: no run here yet")
          : t("corrected by {{count}} runs here", {
              count: estimate.memory_runs,
              defaultValue_one: "corrected by {{count}} run here",
            })}
      </p>
      {isTight && (
        <ul aria-label={t("What saves memory")} className="mt-3 grid gap-2">
          {estimate.levers
            .filter((lever) => lever.saves_bytes > 0)
            .map((lever) => (
              <li key={lever.change} className="flex items-start justify-between gap-3">
                <span className="min-w-0 wrap-anywhere text-caption text-muted">
                  {t(lever.change)}{" "}
                  <span className="whitespace-nowrap text-text">−{formatBytes(lever.saves_bytes)}</span>
                </span>
                {canApply(lever.change) && (
                  <Button size="small" onPress={() => onApply(lever.change)}>
                    {t("Use it")}
                  </Button>
                )}
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}
