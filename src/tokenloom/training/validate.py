"""Validation loss: the same sequences each time, no gradients, sums over labels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from tokenloom.training.batches import Tokens, in_order
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.precision import Compute

TOKENS_AT_ONCE = 4096


@dataclass(frozen=True)
class Validation:
    """Mean loss in nats per label, and how often the first choice was right."""

    loss: float
    accuracy: float
    labels: int

    @property
    def perplexity(self) -> float:
        return math.exp(self.loss) if self.loss < 700 else math.inf

    def as_metrics(self) -> dict[str, float]:
        return {"val/loss": self.loss, "val/perplexity": self.perplexity, "val/token_accuracy": self.accuracy}


def evenly(total: int, most: int | None) -> np.ndarray:
    """At most ``most`` numbers below ``total``, evenly spread, always the same."""
    if most is None or most >= total:
        return np.arange(total)
    return np.unique(np.linspace(0, total - 1, most).astype(np.int64))


@torch.inference_mode()
def validate(
    store: Tokens,
    path: FlatPath | PaddedPath,
    compute: Compute,
    *,
    max_sequences: int | None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Validation | None:
    """Measure the model on ``store``; ``None`` where it was cancelled. The model's training mode is put back."""
    was_training = path.model.training
    path.model.eval()
    loss, correct, labels = 0.0, 0, 0
    try:
        for batch in in_order(store, evenly(len(store), max_sequences), max_tokens=TOKENS_AT_ONCE):
            if is_cancelled():
                return None
            with compute.autocast():
                scores = path.scores(batch.to(compute.torch_device))
            loss += float(scores.loss)
            correct += int(scores.correct)
            labels += scores.labels
    finally:
        path.model.train(was_training)
    count = max(labels, 1)
    return Validation(loss / count, correct / count, labels)
