"""Averages of the weights: what is validated, saved and exported in place of the weights that take the steps.

While an average stands in (:meth:`Average.stands_in`), the trained parameters hold it; the stepping weights lie aside and come back bit for bit. A
checkpoint's model files hold the average, and ``training/weights.safetensors`` the stepping weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from tokenloom.modeling.adapter import trained_parameters
from tokenloom.training.optim.schedule_free import ScheduleFreeAdamW

Named = dict[str, nn.Parameter]


class Average:
    """An average over the trained parameters ``named``; each kind says how it is updated and read."""

    def __init__(self, named: Named) -> None:
        self.named = named

    def update(self, step: int) -> None:
        """Take the weights after ``step`` steps in."""

    def value(self, name: str) -> torch.Tensor:
        raise NotImplementedError

    @contextmanager
    @torch.no_grad()
    def stands_in(self) -> Iterator[None]:
        """The trained parameters are the average, for as long as the block lasts."""
        aside = {name: parameter.detach().clone() for name, parameter in self.named.items()}
        for name, parameter in self.named.items():
            parameter.copy_(self.value(name))
        try:
            yield
        finally:
            for name, parameter in self.named.items():
                parameter.copy_(aside[name])

    def stepping(self) -> dict[str, torch.Tensor]:
        """The weights that take the steps, for a checkpoint."""
        return {name: parameter.detach().cpu().contiguous() for name, parameter in self.named.items()}

    @torch.no_grad()
    def restore(self, stepping: dict[str, torch.Tensor]) -> None:
        """The parameters hold the average, as they were saved: take it over, and put the stepping weights back."""
        for name, parameter in self.named.items():
            parameter.copy_(stepping[name])


class Ema(Average):
    """Exponential average; young ones forget faster, min(decay, (1 + step) / (10 + step)), so that a short run is not held to its start."""

    def __init__(self, named: Named, decay: float) -> None:
        super().__init__(named)
        self.decay = decay
        self._mean = {name: parameter.detach().clone() for name, parameter in named.items()}

    @torch.no_grad()
    def begin(self) -> None:
        """Begin anew at the weights as they are."""
        for name, parameter in self.named.items():
            self._mean[name].copy_(parameter)

    @torch.no_grad()
    def update(self, step: int) -> None:
        keep = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self._mean.values()), [each.detach() for each in self.named.values()], 1 - keep)

    def value(self, name: str) -> torch.Tensor:
        return self._mean[name]

    def restore(self, stepping: dict[str, torch.Tensor]) -> None:
        for name, parameter in self.named.items():
            self._mean[name] = parameter.detach().clone()
        super().restore(stepping)


class ScheduleFreeAverage(Average):
    """The mean that the schedule-free optimizer keeps anyway."""

    def __init__(self, named: Named, optimizer: ScheduleFreeAdamW) -> None:
        super().__init__(named)
        self.optimizer = optimizer

    def value(self, name: str) -> torch.Tensor:
        return self.optimizer.mean_of(self.named[name])


def build_average(model: nn.Module, optimizer: torch.optim.Optimizer, loop: Any) -> Average | None:
    """What stands in for the weights; ``None`` where they stand for themselves."""
    if isinstance(optimizer, ScheduleFreeAdamW):
        return ScheduleFreeAverage(trained_parameters(model), optimizer)
    return Ema(trained_parameters(model), loop.ema_decay) if loop.ema_decay is not None else None
