import { useTranslation } from "../../../i18n/i18n.ts";

export interface Knob {
  key: string;
  label: string;
  help: string;
  minimum: number;
  maximum: number;
  integer?: boolean;
  scale?: "log";
  /** An empty field means none. */
  isOptional?: boolean;
}

/** Settings that may change while a run trains, as the trainer lists them. */
export function useKnobs(): readonly Knob[] {
  const { t } = useTranslation();
  return [
    {
      key: "optimizer.learning_rate",
      label: t("Learning rate"),
      help: t("The peak; the schedule's share of it is used. Above 0, at most 10."),
      minimum: 1e-12,
      maximum: 10,
      scale: "log",
    },
    {
      key: "loop.max_grad_norm",
      label: t("Gradient clip"),
      help: t("Longest gradient; empty = no clip."),
      minimum: 1e-9,
      maximum: 1e9,
      scale: "log",
      isOptional: true,
    },
    {
      key: "batch.gradient_accumulation_steps",
      label: t("Gradient accumulation"),
      help: t("Micro-batches per step, at least 1. More is slower and calmer."),
      minimum: 1,
      maximum: 4096,
      integer: true,
    },
  ];
}
