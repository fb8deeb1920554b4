"""Everything about a run that changes while it trains and is not a tensor of the model or the optimizer."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

MAY_BE_INFINITE = (
    "best_loss",
    "reference_loss",
    "untrained_loss",
    "first_usual",
    "lowest_usual",
)  # while not known; JSON has no infinity


@dataclass
class TrainState:
    """Saved in each checkpoint as JSON; dropping any item of it would make a resumed run differ from an unbroken one."""

    step: int = 0
    """Optimizer steps done."""
    position: int = 0
    """Place in the endless stream of sequences (`batches.BatchStream`)."""
    tokens: int = 0
    """Tokens that went through the model."""
    labels: int = 0
    """Tokens that were learned."""
    train_seconds: float = 0.0
    """Time spent in steps, by the monotonic clock."""
    best_loss: float = math.inf
    """Lowest validation loss so far."""
    best_step: int = -1
    """Step of it."""
    reference_loss: float = math.inf
    """Validation loss that the next one must beat by `evaluation.min_delta`."""
    stale: int = 0
    """Validations in a row that did not."""
    skipped_in_row: int = 0
    """Steps that were skipped, without a good one between."""
    rewinds: int = 0
    """How often the guard went back."""
    measured_step: int = -1
    """Step of the newest validation: one that a signal cut short is made after the resume."""
    pending: list[dict[str, Any]] = field(default_factory=list)
    """Steps that are not in a row of metrics yet (`watching.rows.Taken.as_dict`), where rows are rarer than steps."""
    recent_losses: list[float] = field(default_factory=list)
    """Losses of the newest applied steps, by which a spike is told (`steering.spikes`)."""
    first_usual: float = math.inf
    """What was a usual loss at the start, and"""
    lowest_usual: float = math.inf
    """the lowest that has been usual since (`steering.divergence`)."""
    untrained_loss: float = math.inf
    """Validation loss before the first step."""
    has_diverged: bool = False
    """Whether it was said that the training loss went up for good; forgotten when it comes back."""
    is_worse: bool = False
    """The same of the validation loss, against the one before the first step."""
    piece_tokens: int | None = None
    """Tokens that go through the model at once, where memory forced fewer than the recipe says."""
    knobs: dict[str, Any] = field(default_factory=dict)
    """Settings that were changed while training, by dotted name."""

    mix: list[list[Any]] = field(default_factory=list)
    """Shares of datasets that are mixed in, from which place on (`mixture.Change`)."""

    def as_dict(self) -> dict[str, Any]:
        data = asdict(self)
        return {**data, **{name: data[name] if math.isfinite(data[name]) else None for name in MAY_BE_INFINITE}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TrainState:
        return cls(
            **{name: math.inf if name in MAY_BE_INFINITE and value is None else value for name, value in data.items()}
        )
