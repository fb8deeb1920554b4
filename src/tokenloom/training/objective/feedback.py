"""Learning from single answers with a verdict (KTO).

A group is (the answer, a strange answer to the same prompt); the strange ones estimate how far the model has drifted from the reference, which is the
point from which gains and losses are felt. The estimate is taken over a micro-batch, so larger micro-batches make it steadier. Units are answers.
"""

from __future__ import annotations

import torch

from tokenloom.spec.training.objective import KtoObjective
from tokenloom.training.batches import FlatBatch
from tokenloom.training.objective.base import PairObjective, Part, build_objective
from tokenloom.training.objective.reference import REFERENCE


class Kto(PairObjective):
    """Good answers: 1 − σ(β (gain − drift)); bad ones: 1 − σ(β (drift − gain))."""

    adds_up = False

    def part(self, batch: FlatBatch) -> Part:
        logps_B = self.logps(batch)
        gain_B = logps_B - batch.columns[REFERENCE]
        gain_G, is_good_G = gain_B[0::2], batch.columns["value"][0::2] > 0.5
        drift = gain_B[1::2].detach().mean().clamp(min=0)
        felt_G = torch.where(is_good_G, gain_G - drift, drift - gain_G)
        weight_G = torch.where(is_good_G, self.spec.good_weight, self.spec.bad_weight)
        loss_G = weight_G * (1 - torch.sigmoid(self.spec.beta * felt_G))
        with torch.no_grad():
            sign_G = torch.where(is_good_G, 1.0, -1.0)
            sums = {
                "drift": drift * len(gain_G),
                "verdict_margin": self.spec.beta * (gain_G * sign_G).sum(),
                "verdict_accuracy": (gain_G * sign_G > 0).float().sum(),
            }
        return Part(loss_G.sum(), sums)


build_objective.register(KtoObjective, Kto)
