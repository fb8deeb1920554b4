"""What the loop asks of an objective, whatever is learned.

An objective's loss is a mean over *units* (labels, pairs, rows). Each micro-batch gives a sum, and the step divides by the units of its
whole window, so that accumulation changes nothing however unequal the micro-batches are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import torch

from tokenloom.training.batches import Counted, FlatBatch, Window
from tokenloom.training.paths import FlatPath, PaddedPath

if TYPE_CHECKING:
    from tokenloom.training.objective.rollout import Rollout

Sums = dict[str, torch.Tensor]
Path = FlatPath | PaddedPath


@dataclass(frozen=True)
class Part:
    """Of one micro-batch: the sum of the loss over its units (0-d, fp32, with gradient), and sums of what is worth watching (0-d, without)."""

    loss: torch.Tensor
    sums: Sums = field(default_factory=dict)


@dataclass(frozen=True)
class Supplies:
    """What objectives are made of: the way through the trained model, and what some need beside it."""

    path: Path
    teacher: Callable[[], Path] | None = None
    """Opens the model that is imitated."""
    before: Callable[[], Path] | None = None
    """Opens the trained model as it was before training."""
    rollout: Callable[[], Rollout] | None = None
    """Makes what draws answers and judges them."""


class Objective(ABC):
    """A loss over flat batches; each kind says what differs."""

    adds_up = True
    """Whether the loss of a batch is that of its parts together, so that the engine may cut a micro-batch into pieces."""

    loss_may_spike = True
    """Whether a loss far above the usual means that something is wrong with the step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.adds_up = self.adds_up and not path.mixtures.are_balanced

    def prepared(self, window: Window, step: int) -> Window:
        """What goes through the model for a window of the data; ``step`` is the optimizer step that it is for."""
        return window

    @abstractmethod
    def units(self, batch: Counted) -> int:
        """What the mean is taken over; known before the batch goes through the model."""

    @abstractmethod
    def part(self, batch: FlatBatch) -> Part:
        """The loss of a micro-batch, for training."""

    def measured(self, batch: FlatBatch) -> Part:
        """The loss of a micro-batch of validation, without what only helps training, and all that its metrics need."""
        return self.part(batch)

    def as_metrics(self, loss: float, means: Mapping[str, float]) -> dict[str, float]:
        """Means over a validation split as named metrics, ``val/loss`` among them."""
        return {"val/loss": loss, **{f"val/{name}": value for name, value in means.items()}}


class PairObjective(Objective):
    """An objective over groups of two sequences: 0, 2, 4 … of a batch and 1, 3, 5 …. Units are the pairs."""

    def __init__(self, spec: Any, supplies: Supplies) -> None:
        super().__init__(supplies.path)
        self.spec = spec

    def units(self, batch: Counted) -> int:
        return batch.num_sequences // 2

    def logps(self, batch: FlatBatch) -> torch.Tensor:
        """(B,) fp32 log-probability of each sequence's learned tokens, summed."""
        return batch.per_sequence(self.path.predictions(batch).logps(batch.targets_R))


@singledispatch
def build_objective(spec: Any, supplies: Supplies) -> Objective:
    """The objective for a spec; each kind registers its own."""
    raise TypeError(f"no objective is registered for {type(spec).__name__}")
