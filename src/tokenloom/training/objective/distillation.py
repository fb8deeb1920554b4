"""The next token as a teacher would tell it: softened predictions, plain labels, and optionally how places resemble each other."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from tokenloom.modeling.logps import distances
from tokenloom.spec.training.objective import DistillationObjective
from tokenloom.training.batches import Counted, FlatBatch
from tokenloom.training.objective.base import Objective, Part, Path, Supplies, build_objective
from tokenloom.training.paths import Predictions

MOST_ROWS = 512  # labelled rows whose similarities are compared at once


class Distillation(Objective):
    """Units are labels: w T² KL(teacher ‖ student) + (1 − w) cross-entropy (+ similarities). Validation loss is the plain cross-entropy."""

    def __init__(self, spec: DistillationObjective, path: Path, teacher: Path) -> None:
        super().__init__(path)
        self.spec, self.teacher = spec, teacher
        teacher.model.eval().requires_grad_(False)

    def units(self, batch: Counted) -> int:
        return batch.num_labels

    def part(self, batch: FlatBatch) -> Part:
        student = self.path.predictions(batch)
        distance = self._distance(student, batch)
        plain = -student.logps(batch.targets_R).sum()
        share = self.spec.teacher_weight
        loss = share * self.spec.temperature**2 * distance + (1 - share) * plain
        sums = {"teacher_distance": distance.detach(), "token_loss": plain.detach()}
        if self.spec.hidden_weight:
            unlike = self._unlikeness(batch)
            loss = loss + self.spec.hidden_weight * unlike
            sums["hidden_distance"] = unlike.detach()
        return Part(loss, sums)

    def measured(self, batch: FlatBatch) -> Part:
        student = self.path.predictions(batch)
        distance = self._distance(student, batch)
        return Part(-student.logps(batch.targets_R).sum(), {"teacher_distance": distance})

    def _distance(self, student: Predictions, batch: FlatBatch) -> torch.Tensor:
        with torch.no_grad():
            teacher = self.teacher.predictions(batch)
        each_R = distances(
            student.head,
            teacher.head,
            student.rows_RX,
            teacher.rows_RX,
            vocabulary=student.vocabulary,
            temperature=self.spec.temperature,
        )
        return each_R[: batch.num_labels].sum()  # behind them are rows that only round the number up

    def _unlikeness(self, batch: FlatBatch) -> torch.Tensor:
        """Sum over labelled rows of the mean squared difference of their cosine similarities to the other rows."""
        with torch.no_grad():
            taught_RD = F.normalize(self.teacher.hidden(batch).float(), dim=-1)
        own_RD = F.normalize(self.path.hidden(batch).float(), dim=-1)
        total = own_RD.new_zeros(())
        for start in range(0, batch.num_labels, MOST_ROWS):
            end = min(start + MOST_ROWS, batch.num_labels)
            own, taught = own_RD[start:end], taught_RD[start:end]
            total = total + (own @ own.T - taught @ taught.T).square().mean(-1).sum()
        return total


@build_objective.register
def _(spec: DistillationObjective, supplies: Supplies) -> Distillation:
    if supplies.teacher is None:
        raise TypeError("distillation needs a teacher")
    return Distillation(spec, supplies.path, supplies.teacher())
