"""What the loop asks of an objective, whatever is learned.

An objective's loss is a mean over *units* (labels, pairs, rows). Each micro-batch gives a sum, and the step divides by the units of its
whole window, so that accumulation changes nothing however unequal the micro-batches are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any, Protocol

import torch

from tokenloom.training.batches import FlatBatch
from tokenloom.training.paths import FlatPath, PaddedPath

Sums = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Part:
    """Of one micro-batch: the sum of the loss over its units (0-d, fp32, with gradient), and sums of what is worth watching (0-d, without)."""

    loss: torch.Tensor
    sums: Sums = field(default_factory=dict)


class Objective(Protocol):
    """A loss over flat batches."""

    path: FlatPath | PaddedPath

    def units(self, batch: FlatBatch) -> int:
        """What the mean is taken over; known before the batch goes through the model."""
        ...

    def part(self, batch: FlatBatch) -> Part:
        """The loss of a micro-batch, for training."""
        ...

    def measured(self, batch: FlatBatch) -> Part:
        """The loss of a micro-batch of validation, without what only helps training, and all that its metrics need."""
        ...

    def as_metrics(self, loss: float, means: Mapping[str, float]) -> dict[str, float]:
        """Means over a validation split as named metrics, ``val/loss`` among them."""
        ...


@singledispatch
def build_objective(spec: Any, path: FlatPath | PaddedPath) -> Objective:
    """The objective for a spec; each kind registers its own."""
    raise TypeError(f"no objective is registered for {type(spec).__name__}")
