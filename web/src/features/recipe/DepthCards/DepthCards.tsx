import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatDuration } from "../../../ui/format.ts";
import { RadioCards } from "../../../ui/RadioCards/RadioCards.tsx";
import { DEPTHS, type Depth, type DepthChange } from "../pure/depth.ts";

export interface DepthCardsProps {
  /** Where the recipe stands; null where its length was set by hand. */
  depth: Depth | null;
  onDepth: (depth: Depth) => void;
  /** What each depth changes in the preset. */
  changes: Readonly<Record<Depth, readonly DepthChange[]>>;
  /** How long each would take; null while it is not known. */
  seconds: Readonly<Record<Depth, number | null>>;
}

/** Three lengths of the same recipe: what each changes, and how long it takes. */
export function DepthCards({ depth, onDepth, changes, seconds }: DepthCardsProps) {
  const { t } = useTranslation();
  const titles = { fast: t("Fast"), balanced: t("Balanced"), quality: t("Quality") };
  const words = {
    fast: t("A quarter of the training, to see whether the data teaches anything."),
    balanced: t("As the recipe says. The one to start with."),
    quality: t("Three times the training, for the model you keep."),
  };
  const sentence = ({ name, to }: DepthChange): string => {
    const amount = to < 10 && !Number.isInteger(to) ? String(to) : formatCount(to);
    const sentences: Record<string, string> = {
      "loop.max_steps": t("{{amount}} steps", { amount }),
      "loop.num_epochs": t("{{amount}} passes", { amount }),
      "evaluation.every_steps": t("validation every {{amount}}", { amount }),
      "checkpoints.every_steps": t("checkpoint every {{amount}}", { amount }),
      "schedule.warmup_steps": t("warm-up {{amount}}", { amount }),
    };
    return sentences[name] ?? `${name} ${amount}`;
  };
  return (
    <RadioCards
      label={t("How long to train")}
      hideLabel
      value={depth}
      onChange={(id) => onDepth(DEPTHS.find((each) => each === id) ?? "balanced")}
      cards={DEPTHS.map((each) => {
        const time = seconds[each];
        const list = changes[each].map(sentence).join(", ");
        return {
          id: each,
          title: titles[each],
          note: time === null ? undefined : `≈ ${formatDuration(time)}`,
          description: list ? `${words[each]} ${list}.` : words[each],
        };
      })}
    />
  );
}
