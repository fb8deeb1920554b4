"""How the learning rate moves.

A schedule is a pure function of the step, so nothing of it needs saving, and the studio draws the very numbers that training uses.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any, Literal

from pydantic import model_validator

from tokenloom.spec.base import Spec, choice, setting


class _Schedule(Spec):
    """``share_at(step, total)`` is the share of the peak learning rate at step 0 … total − 1."""

    @abstractmethod
    def share_at(self, step: int, total: int) -> float: ...


class _WarmedUp(_Schedule):
    """Rises in a straight line, then does what its ``_decayed`` says."""

    warmup_steps: int = setting(0, ge=0, unit="steps", group="training")
    """Steps over which the learning rate rises from 0 to its peak."""
    warmup_ratio: float | None = setting(None, ge=0, le=1, group="training")
    """The same as a share of all steps, in place of warmup_steps."""

    @model_validator(mode="after")
    def _one_warmup(self) -> _WarmedUp:
        if self.warmup_ratio is not None and self.warmup_steps:
            raise ValueError("warmup_steps and warmup_ratio say the same thing; leave one of them out")
        return self

    def warmup(self, total: int) -> int:
        """Steps of warmup in a run of ``total``."""
        return self.warmup_steps if self.warmup_ratio is None else round(self.warmup_ratio * total)

    def share_at(self, step: int, total: int) -> float:
        warmup = self.warmup(total)
        if step < warmup:
            return (step + 1) / warmup
        return self._decayed(step - warmup, max(total - warmup, 1), warmup)

    @abstractmethod
    def _decayed(self, step: int, span: int, warmup: int) -> float:
        """Share at ``step`` of ``span`` behind a warmup of ``warmup`` steps."""


class ConstantSchedule(_WarmedUp):
    """The peak, always."""

    kind: Literal["constant"] = "constant"

    def _decayed(self, step: int, span: int, warmup: int) -> float:
        return 1.0


class CosineSchedule(_WarmedUp):
    """Half a cosine from the peak to the final share."""

    kind: Literal["cosine"] = "cosine"
    final_ratio: float = setting(0.1, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""

    def _decayed(self, step: int, span: int, warmup: int) -> float:
        return self.final_ratio + (1 - self.final_ratio) * 0.5 * (1 + math.cos(math.pi * _progress(step, span)))


class LinearSchedule(_WarmedUp):
    """A straight line from the peak to the final share."""

    kind: Literal["linear"] = "linear"
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""

    def _decayed(self, step: int, span: int, warmup: int) -> float:
        return 1 - (1 - self.final_ratio) * _progress(step, span)


class WsdSchedule(_WarmedUp):
    """Warm up, stay, then decay linearly (WSD, Hu et al. 2024)."""

    kind: Literal["wsd"] = "wsd"
    decay_ratio: float = setting(0.2, ge=0, le=1, group="training")
    """Share of all steps, at the end, over which the rate falls."""
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""

    def _decayed(self, step: int, span: int, warmup: int) -> float:
        start, progress = 1 - self.decay_ratio, _progress(step, span)
        if progress <= start or self.decay_ratio == 0:
            return 1.0
        return 1 - (1 - self.final_ratio) * (progress - start) / self.decay_ratio


class PolynomialSchedule(_WarmedUp):
    """A power of what is left: 1 is a straight line, 2 falls fast and ends gently."""

    kind: Literal["polynomial"] = "polynomial"
    power: float = setting(2.0, gt=0, le=20, group="training")
    """Exponent of the share of steps that is left."""
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""

    def _decayed(self, step: int, span: int, warmup: int) -> float:
        left: float = (1 - _progress(step, span)) ** self.power
        return self.final_ratio + (1 - self.final_ratio) * left


class InverseSqrtSchedule(_WarmedUp):
    """Falls as 1 / √step behind the warmup (Vaswani et al. 2017); does not need to know how long the run is."""

    kind: Literal["inverse_sqrt"] = "inverse_sqrt"
    timescale_steps: int | None = setting(None, ge=1, unit="steps", group="training")
    """Steps after which it has fallen to 0.71 of the peak; empty = as many as the warmup has, or 1,000 without one."""

    def _decayed(self, step: int, span: int, warmup: int) -> float:
        scale = self.timescale_steps or warmup or 1000
        return math.sqrt(scale / (scale + step))


class OneCycleSchedule(_Schedule):
    """Up and down in one cosine each, from a small rate to a far smaller one (Smith & Topin 2018). Has its own warmup."""

    kind: Literal["one_cycle"] = "one_cycle"
    rise_ratio: float = setting(0.3, ge=0, lt=1, group="training")
    """Share of all steps over which the rate rises."""
    start_ratio: float = setting(0.04, ge=0, le=1, group="training")
    """Learning rate at the first step as a share of the peak."""
    final_ratio: float = setting(4e-6, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""

    def share_at(self, step: int, total: int) -> float:
        rise, last = self.rise_ratio * total, max(total - 1, 1)
        if step < rise:
            return _between(self.start_ratio, 1.0, step / rise)
        return _between(1.0, self.final_ratio, min((step - rise) / max(last - rise, 1e-9), 1.0))


Schedule = choice(
    "schedule",
    ConstantSchedule,
    CosineSchedule,
    LinearSchedule,
    WsdSchedule,
    PolynomialSchedule,
    InverseSqrtSchedule,
    OneCycleSchedule,
)


def curve_of(schedule: Any, *, peak: float, total: int, points: int = 200) -> tuple[list[int], list[float]]:
    """At most ``points`` steps of a run, the last one included, and the learning rate of each."""
    count = max(2, min(points, total))
    steps = sorted({round(at * (total - 1) / (count - 1)) for at in range(count)})
    return steps, [peak * schedule.share_at(step, total) for step in steps]


def _progress(step: int, span: int) -> float:
    return min(step / span, 1.0)


def _between(start: float, end: float, progress: float) -> float:
    """Half a cosine from one to the other."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * progress))
