"""Learning rate as a pure function of the step, so that nothing of a schedule needs saving.

``share_at(spec, step, total)`` is the share of the peak at step 0 … total − 1. Registered by the spec's type.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Any

from tokenloom.spec.training.schedule import ConstantSchedule, CosineSchedule, LinearSchedule, WsdSchedule


def share_at(spec: Any, step: int, total: int) -> float:
    """Share of the peak learning rate at ``step`` of ``total``, warmup included."""
    if step < spec.warmup_steps:
        return float((step + 1) / spec.warmup_steps)
    span = max(total - spec.warmup_steps, 1)
    return decay(spec, min((step - spec.warmup_steps) / span, 1.0))


@singledispatch
def decay(spec: Any, progress: float) -> float:
    """Share of the peak at ``progress`` in 0 … 1 behind the warmup."""
    raise TypeError(f"no schedule is registered for {type(spec).__name__}")


@decay.register
def _(spec: ConstantSchedule, progress: float) -> float:
    return 1.0


@decay.register
def _(spec: CosineSchedule, progress: float) -> float:
    return spec.final_ratio + (1 - spec.final_ratio) * 0.5 * (1 + math.cos(math.pi * progress))


@decay.register
def _(spec: LinearSchedule, progress: float) -> float:
    return 1 - (1 - spec.final_ratio) * progress


@decay.register
def _(spec: WsdSchedule, progress: float) -> float:
    start = 1 - spec.decay_ratio
    if progress <= start or spec.decay_ratio == 0:
        return 1.0
    return 1 - (1 - spec.final_ratio) * (progress - start) / spec.decay_ratio
