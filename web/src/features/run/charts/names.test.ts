import { expect, test } from "vitest";
import type { Curve } from "../../../data/live/curve.ts";
import { lossKeys, otherKeys } from "./names.ts";

const curves = (...keys: string[]) => new Map(keys.map((key) => [key, {} as Curve]));

test("what an objective is about stands first, what every run has last", () => {
  const dpo = curves(
    ...["train/chosen_reward", "train/grad_norm", "train/learning_rate", "train/loss", "train/mfu"],
    ...[
      "train/preference_accuracy",
      "train/reward_margin",
      "train/sample_digest",
      "train/tokens",
      "time/data",
    ],
    ...["val/loss", "val/preference_accuracy", "val/reward_margin"],
  );
  expect(lossKeys(dpo)).toEqual(["train/loss", "val/loss"]);
  expect(otherKeys(dpo)).toEqual([
    "train/preference_accuracy",
    "val/preference_accuracy",
    "train/chosen_reward",
    "train/reward_margin",
    "val/reward_margin",
    "train/learning_rate",
    "train/grad_norm",
    "train/mfu",
    "time/data",
    "train/tokens",
  ]);
  expect(
    otherKeys(curves("train/kl", "train/loss", "train/mixed_groups", "train/reward", "val/reward")),
  ).toEqual(["train/reward", "val/reward", "train/kl", "train/mixed_groups"]);
});
