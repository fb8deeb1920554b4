"""The next token: cross-entropy over the learned tokens, optionally with smoothed labels and a z-loss."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tokenloom.spec.training.objective import LanguageObjective
from tokenloom.training.batches import Counted, FlatBatch
from tokenloom.training.objective.base import Objective, Part, Path, Supplies, build_objective


class Language(Objective):
    """Units are labels: tokens that are learned. Validation is always the plain cross-entropy."""

    def __init__(self, path: Path, *, label_smoothing: float = 0.0, z_loss: float = 0.0) -> None:
        super().__init__(path)
        self.label_smoothing, self.z_loss = label_smoothing, z_loss

    def units(self, batch: Counted) -> int:
        return batch.num_labels

    def part(self, batch: FlatBatch) -> Part:
        return Part(self.path.loss(batch, label_smoothing=self.label_smoothing, z_loss=self.z_loss))

    def measured(self, batch: FlatBatch) -> Part:
        scores = self.path.scores(batch)
        return Part(scores.loss, {"token_accuracy": scores.correct})

    def as_metrics(self, loss: float, means: Mapping[str, float]) -> dict[str, float]:
        perplexity = math.exp(loss) if loss < 700 else math.inf
        return {"val/loss": loss, "val/perplexity": perplexity, "val/token_accuracy": means["token_accuracy"]}


@build_objective.register
def _(spec: LanguageObjective, supplies: Supplies) -> Language:
    return Language(supplies.path, label_smoothing=spec.label_smoothing, z_loss=spec.z_loss)
