import { useTranslation } from "../../../i18n/i18n.ts";

const NOTHING: readonly string[] = [];

export interface Knob {
  key: string;
  label: string;
  help: string;
  minimum: number;
  maximum: number;
  integer?: boolean;
  scale?: "log";
  /** What an empty field means; without it there must be a number. */
  emptyMeans?: string;
}

/** Settings that may change while a run trains, as the trainer lists them. `mix`: names of the datasets that are mixed in. */
export function useKnobs(mix: readonly string[] = NOTHING): readonly Knob[] {
  const { t } = useTranslation();
  const intervals = useIntervals();
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
      emptyMeans: t("no clip"),
    },
    {
      key: "optimizer.weight_decay",
      label: t("Weight decay"),
      help: t("Pull of the weights towards 0, where the recipe gives no group its own."),
      minimum: 0,
      maximum: 10,
    },
    {
      key: "batch.gradient_accumulation_steps",
      label: t("Gradient accumulation"),
      help: t("Micro-batches per step, at least 1. More is slower and calmer."),
      minimum: 1,
      maximum: 4096,
      integer: true,
    },
    ...intervals,
    ...mix.map((dataset, number) => ({
      key: `data.mix.${number}.share`,
      label: t("Share of {{dataset}}", { dataset }),
      help: t("Part of the rows that is drawn from it, from the next step on."),
      minimum: 0,
      maximum: 0.999,
    })),
  ];
}

/** How often the run measures and saves, and when it ends early. */
function useIntervals(): readonly Knob[] {
  const { t } = useTranslation();
  const often = { minimum: 1, maximum: 1e9, integer: true };
  return [
    {
      key: "evaluation.every_steps",
      label: t("Steps between validations"),
      help: t("Empty = only at the end."),
      emptyMeans: t("only at the end"),
      ...often,
    },
    {
      key: "evaluation.patience",
      label: t("Patience"),
      help: t("Validations without a better loss after which the run ends; empty = never."),
      emptyMeans: t("never"),
      ...often,
    },
    {
      key: "checkpoints.every_steps",
      label: t("Steps between checkpoints"),
      help: t("Empty = only at the end."),
      emptyMeans: t("only at the end"),
      ...often,
    },
  ];
}
