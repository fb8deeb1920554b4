"""Validation: the same groups each time, no gradients, sums over units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from tokenloom.training.batches import TOKENS_AT_ONCE, FlatBatch, Tokens, flat_batch, runs_of, sequences_of
from tokenloom.training.distributed.ranks import Ranks
from tokenloom.training.distributed.shortage import is_out_of_memory
from tokenloom.training.distributed.team import Team
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


def validate(
    store: Tokens,
    objective: Objective,
    compute: Compute,
    *,
    max_groups: int | None,
    is_cancelled: Callable[[], bool] = lambda: False,
    team: Team | None = None,
) -> Validation | None:
    """Measure the model on ``store``; ``None`` where it was cancelled. The model's training mode is put back. A ``team`` takes turns at the batches.

    What does not fit into memory is measured in halves, down to single groups.
    """
    model = objective.path.model
    team = team or Team(model)
    was_training = model.training
    model.eval()
    batches = list(runs_of(store, evenly(len(store) // store.width, max_groups), max_tokens=TOKENS_AT_ONCE))
    ranks, found = team.ranks, _Found()
    try:
        with torch.no_grad() if team.is_sharded else torch.inference_mode():
            for start in range(0, len(batches), ranks.world):
                if is_cancelled():
                    return None
                turn = start + ranks.rank
                if turn >= len(batches) and not team.is_sharded:
                    continue
                # where blocks are made whole for all, all go along
                groups = batches[turn % len(batches)]
                _measure(store, groups, objective, compute, team, found if turn < len(batches) else _Found())
    finally:
        model.train(was_training)
    every = found.over(ranks)
    mean = every.loss / max(every.units, 1)
    means = {name: value / max(every.units, 1) for name, value in every.sums.items()}
    return Validation(mean, every.units, objective.as_metrics(mean, means))


@dataclass
class _Found:
    """Sums over the batches that this rank measured."""

    loss: float = 0.0
    units: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    def add(self, loss: float, units: int, sums: dict[str, torch.Tensor]) -> None:
        self.loss += loss
        self.units += units
        for name, value in sums.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value)

    def over(self, ranks: Ranks) -> _Found:
        """The sums of all ranks."""
        every = ranks.gather([self.loss, self.units, self.sums])
        names = dict.fromkeys(name for each in every for name in each[2])
        sums = {name: sum(each[2].get(name, 0.0) for each in every) for name in names}
        return _Found(sum(each[0] for each in every), sum(each[1] for each in every), sums)


def _measure(
    store: Tokens, groups: list[int], objective: Objective, compute: Compute, team: Team, found: _Found
) -> None:
    """Add what these groups give to ``found``; where memory is short, half by half. Blocks that are spread over ranks are met by all at once, and cannot."""
    try:
        batch = flat_batch(store, sequences_of(store, groups))
        with compute.autocast():
            loss, sums = team.compute(_measured, objective, batch.to(compute.torch_device))
        found.add(float(loss), objective.units(batch), sums)
        return
    except RuntimeError as error:
        if len(groups) < 2 or team.is_sharded or not is_out_of_memory(error):
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    middle = len(groups) // 2
    for half in (groups[:middle], groups[middle:]):
        _measure(store, half, objective, compute, team, found)


def _measured(objective: Objective, batch: FlatBatch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    part = objective.measured(batch)
    return part.loss, part.sums
