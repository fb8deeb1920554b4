"""Learning from a better and a worse answer: DPO and its kin against a reference, ORPO without one.

A group is (better, worse): sequences 0, 2, 4 … of a batch and 1, 3, 5 …. The column ``reference`` holds what the model said of each sequence before
training (`reference.py`), so that no second model is kept. Units are pairs.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from tokenloom.spec.training.objective import DpoObjective, OrpoObjective
from tokenloom.training.batches import FlatBatch
from tokenloom.training.objective.base import PairObjective, Part, build_objective
from tokenloom.training.objective.reference import REFERENCE


class Dpo(PairObjective):
    """−log σ(β · margin), where margin is how much more than the reference the model prefers the better answer."""

    def part(self, batch: FlatBatch) -> Part:
        logps_B = self.logps(batch)
        gain_B = logps_B - batch.columns[REFERENCE]
        margin_G = gain_B[0::2] - gain_B[1::2]
        labels_G = batch.labels_B[0::2]
        loss_G = self._loss(gain_B, batch.labels_B)
        if self.spec.language_weight:
            loss_G = loss_G - self.spec.language_weight * logps_B[0::2] / labels_G
        with torch.no_grad():
            sums = {
                "preference_accuracy": (margin_G > 0).float().sum(),
                "reward_margin": self.spec.beta * margin_G.sum(),
                "chosen_reward": self.spec.beta * gain_B[0::2].sum(),
                "rejected_reward": self.spec.beta * gain_B[1::2].sum(),
            }
        return Part(loss_G.sum(), sums)

    def _loss(self, gain_B: torch.Tensor, labels_B: torch.Tensor) -> torch.Tensor:
        beta, smoothing = self.spec.beta, self.spec.label_smoothing
        if self.spec.loss == "ipo":  # of means over tokens, as its reference implementation takes them
            gain_B = gain_B / labels_B
            return (gain_B[0::2] - gain_B[1::2] - 1 / (2 * beta)) ** 2
        margin_G = beta * (gain_B[0::2] - gain_B[1::2])
        if self.spec.loss == "hinge":
            return torch.relu(1 - margin_G)
        return -(1 - smoothing) * F.logsigmoid(margin_G) - smoothing * F.logsigmoid(-margin_G)


class Orpo(PairObjective):
    """Cross-entropy of the better answer − λ · log σ(log odds ratio); probabilities are means over tokens."""

    def part(self, batch: FlatBatch) -> Part:
        logps_B = self.logps(batch) / batch.labels_B
        chosen_G, rejected_G = logps_B[0::2], logps_B[1::2]
        log_odds_G = (chosen_G - rejected_G) - (_log_of_rest(chosen_G) - _log_of_rest(rejected_G))
        loss_G = -chosen_G - self.spec.odds_weight * F.logsigmoid(log_odds_G)
        with torch.no_grad():
            sums = {
                "preference_accuracy": (log_odds_G > 0).float().sum(),
                "log_odds": log_odds_G.sum(),
                "chosen_loss": -chosen_G.sum(),
            }
        return Part(loss_G.sum(), sums)


def _log_of_rest(logp: torch.Tensor) -> torch.Tensor:
    """log(1 − exp(logp)), exact also near 0."""
    return torch.log(-torch.expm1(logp.clamp(max=-1e-7)))


build_objective.register(DpoObjective, Dpo)
build_objective.register(OrpoObjective, Orpo)
