"""Validation: the same groups each time, no gradients, sums over units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from tokenloom.training.batches import TOKENS_AT_ONCE, Tokens, in_order
from tokenloom.training.objective.base import Objective
from tokenloom.training.precision import Compute


@dataclass(frozen=True)
class Validation:
    """Mean loss over ``units`` (labels of a language model), and the objective's metrics by name."""

    loss: float
    units: int
    metrics: dict[str, float]


def evenly(total: int, most: int | None) -> np.ndarray:
    """At most ``most`` numbers below ``total``, evenly spread, always the same."""
    if most is None or most >= total:
        return np.arange(total)
    return np.unique(np.linspace(0, total - 1, most).astype(np.int64))


@torch.inference_mode()
def validate(
    store: Tokens,
    objective: Objective,
    compute: Compute,
    *,
    max_groups: int | None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Validation | None:
    """Measure the model on ``store``; ``None`` where it was cancelled. The model's training mode is put back."""
    model = objective.path.model
    was_training = model.training
    model.eval()
    loss, units = 0.0, 0
    sums: dict[str, float] = {}
    try:
        for batch in in_order(store, evenly(len(store) // store.width, max_groups), max_tokens=TOKENS_AT_ONCE):
            if is_cancelled():
                return None
            with compute.autocast():
                part = objective.measured(batch.to(compute.torch_device))
            loss += float(part.loss)
            units += objective.units(batch)
            for name, value in part.sums.items():
                sums[name] = sums.get(name, 0.0) + float(value)
    finally:
        model.train(was_training)
    mean = loss / max(units, 1)
    means = {name: value / max(units, 1) for name, value in sums.items()}
    return Validation(mean, units, objective.as_metrics(mean, means))
