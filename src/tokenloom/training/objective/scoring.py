"""Learning a class of each text, or a score that says which of two answers is better.

Each sequence has one labelled row, at the place behind its text, in the order of the sequences (`data.tokens.layout`).
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from tokenloom.spec.training.objective import ClassificationObjective, RewardObjective
from tokenloom.training.batches import Counted, FlatBatch
from tokenloom.training.objective.base import Objective, PairObjective, Part, Path, Supplies, build_objective


def logits_of(path: Path, batch: FlatBatch) -> torch.Tensor:
    """(B, C) fp32 logits of the head over each sequence's last place."""
    predictions = path.predictions(batch)
    return predictions.head(predictions.rows_RX[: batch.num_sequences]).float()


class Classification(Objective):
    """Cross-entropy over the classes. Units are texts."""

    def __init__(self, path: Path, *, label_smoothing: float = 0.0) -> None:
        super().__init__(path)
        self.label_smoothing = label_smoothing

    def units(self, batch: Counted) -> int:
        return batch.num_sequences

    def part(self, batch: FlatBatch) -> Part:
        return self._part(batch, self.label_smoothing)

    def measured(self, batch: FlatBatch) -> Part:
        return self._part(batch, 0.0)

    def _part(self, batch: FlatBatch, label_smoothing: float) -> Part:
        logits_BC, wanted_B = logits_of(self.path, batch), batch.columns["value"].long()
        loss = F.cross_entropy(logits_BC, wanted_B, reduction="sum", label_smoothing=label_smoothing)
        return Part(loss, {"accuracy": (logits_BC.argmax(-1) == wanted_B).float().sum()})


class Reward(PairObjective):
    """−log σ(score of the better answer − score of the worse one) (Bradley & Terry 1952). Units are pairs."""

    def part(self, batch: FlatBatch) -> Part:
        scores_B = logits_of(self.path, batch)[:, 0]
        better_G, worse_G = scores_B[0::2], scores_B[1::2]
        loss_G = -F.logsigmoid(better_G - worse_G)
        if self.spec.centre_weight:
            loss_G = loss_G + self.spec.centre_weight * (better_G + worse_G) ** 2
        with torch.no_grad():
            sums = {
                "preference_accuracy": (better_G > worse_G).float().sum(),
                "reward_margin": (better_G - worse_G).sum(),
            }
        return Part(loss_G.sum(), sums)


@build_objective.register
def _(spec: ClassificationObjective, supplies: Supplies) -> Classification:
    return Classification(supplies.path, label_smoothing=spec.label_smoothing)


build_objective.register(RewardObjective, Reward)
