import type { RunView } from "../../../data/live/runStore.ts";
import { useTranslation } from "../../../i18n/i18n.ts";

/** Numbers that the trainer keeps for itself. */
const INTERNAL: ReadonlySet<string> = new Set(["train/sample_digest", "train/position"]);
/** Shown when a person asks for them: they only grow. */
const QUIET: ReadonlySet<string> = new Set([
  "train/tokens",
  "train/labels",
  "train/epoch",
  "val/tokens",
  "val/labels",
  "memory/peak_bytes",
]);
/** What tells best whether an objective is reached, and what every run has. */
const MAIN: readonly string[] = [
  "reward",
  "accuracy",
  "preference_accuracy",
  "verdict_accuracy",
  "log_odds",
  "teacher_distance",
  "perplexity",
  "token_accuracy",
];
const USUAL: readonly string[] = ["learning_rate", "grad_norm", "tokens_per_second", "mfu", "useful_share"];
/** Parts of the time have a panel of their own. */
const TIME = "time/";

/** The losses, which have a chart of their own; a script without any shows its first number there. */
export function lossKeys(curves: RunView["curves"]): string[] {
  const keys = [...curves.keys()].filter((key) => !INTERNAL.has(key));
  const losses = ["train/loss", "val/loss"].filter((key) => curves.has(key));
  if (losses.length > 0) return losses;
  const others = keys.filter((key) => /loss/i.test(key)).sort();
  return others.length > 0 ? others.slice(0, 4) : keys.sort().slice(0, 1);
}

/** Everything else, in an order that stays: what the objective is about, then its other numbers, then those that every run has. */
export function otherKeys(curves: RunView["curves"]): string[] {
  const losses = new Set(lossKeys(curves));
  const keys = [...curves.keys()].filter((key) => !INTERNAL.has(key) && !losses.has(key));
  return keys.sort((a, b) => rank(a) - rank(b) || compare(bare(a), bare(b)) || compare(a, b));
}

function rank(key: string): number {
  const name = bare(key);
  const main = MAIN.indexOf(name);
  if (main >= 0) return main - MAIN.length;
  return isQuiet(key) ? USUAL.length + 1 : 1 + USUAL.indexOf(name);
}

/** Without whether it was trained or validated on. */
function bare(key: string): string {
  return key.replace(/^(train|val)\//, "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function isQuiet(key: string): boolean {
  return QUIET.has(key) || key.startsWith(TIME);
}

/** A metric in words; what a script logs keeps its own name. */
export function useMetricWords(): (key: string) => string {
  const { t } = useTranslation();
  const words: Record<string, string> = {
    "train/loss": t("train"),
    "val/loss": t("validation"),
    "train/learning_rate": t("Learning rate"),
    "train/grad_norm": t("Gradient norm"),
    "train/tokens_per_second": t("Tokens a second"),
    "train/tokens": t("Tokens trained"),
    "train/labels": t("Tokens learned"),
    "train/epoch": t("Epoch"),
    "train/mfu": t("Useful arithmetic, share of the ceiling"),
    "train/useful_share": t("Places that are tokens"),
    "memory/peak_bytes": t("Most memory"),
    "time/data": t("Time for data"),
    "time/forward": t("Time for forward"),
    "time/backward": t("Time for backward"),
    "time/communication": t("Time for communication"),
    "time/optimizer": t("Time for the optimizer"),
    "time/flow": t("Time for the gradient flow"),
    "time/logging": t("Time for logging"),
    "time/other": t("Time for the rest of a step"),
    "time/evaluation": t("Time for a validation"),
    "time/samples": t("Time for samples"),
    "time/saving": t("Time for a checkpoint"),
    "val/perplexity": t("Validation perplexity"),
    "val/token_accuracy": t("Validation token accuracy"),
    "val/bits_per_byte": t("Validation bits per byte"),
    "val/tokens": t("Validation tokens"),
    "train/accuracy": t("Accuracy"),
    "val/accuracy": t("Validation accuracy"),
    "train/preference_accuracy": t("Pairs told right"),
    "val/preference_accuracy": t("Validation pairs told right"),
    "train/balance_loss": t("Balance of the experts"),
    "train/busiest_expert": t("Share of tokens of the busiest expert"),
    "train/reward_margin": t("Reward margin"),
    "val/reward_margin": t("Validation reward margin"),
    "train/chosen_reward": t("Reward of the better answer"),
    "val/chosen_reward": t("Validation reward of the better answer"),
    "train/rejected_reward": t("Reward of the worse answer"),
    "val/rejected_reward": t("Validation reward of the worse answer"),
    "train/log_odds": t("Log odds of the better answer"),
    "val/log_odds": t("Validation log odds of the better answer"),
    "train/chosen_loss": t("Loss of the better answer"),
    "val/chosen_loss": t("Validation loss of the better answer"),
    "train/verdict_accuracy": t("Verdicts told right"),
    "val/verdict_accuracy": t("Validation verdicts told right"),
    "train/verdict_margin": t("Verdict margin"),
    "val/verdict_margin": t("Validation verdict margin"),
    "train/drift": t("Drift from the model before"),
    "val/drift": t("Validation drift from the model before"),
    "train/reward": t("Reward"),
    "train/mixed_groups": t("Prompts whose answers earned differently"),
    "val/reward": t("Validation reward"),
    "train/kl": t("Distance to the model before"),
    "train/answer_tokens": t("Tokens an answer"),
    "train/teacher_distance": t("Distance to the teacher"),
    "val/teacher_distance": t("Validation distance to the teacher"),
    "train/mixed_share": t("Share of mixed rows"),
    "train/token_loss": t("Loss on the tokens alone"),
    "train/hidden_distance": t("Distance of the hidden states"),
  };
  return (key) => words[key] ?? key;
}
