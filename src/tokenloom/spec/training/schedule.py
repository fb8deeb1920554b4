"""How the learning rate moves."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, choice, setting


class _Schedule(Spec):
    warmup_steps: int = setting(0, ge=0, unit="steps", group="training")
    """Steps over which the learning rate rises from 0 to its peak."""


class ConstantSchedule(_Schedule):
    """The peak, always."""

    kind: Literal["constant"] = "constant"


class CosineSchedule(_Schedule):
    """Half a cosine from the peak to the final share."""

    kind: Literal["cosine"] = "cosine"
    final_ratio: float = setting(0.1, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""


class LinearSchedule(_Schedule):
    """A straight line from the peak to the final share."""

    kind: Literal["linear"] = "linear"
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""


class WsdSchedule(_Schedule):
    """Warm up, stay, then decay linearly (WSD, Hu et al. 2024)."""

    kind: Literal["wsd"] = "wsd"
    decay_ratio: float = setting(0.2, ge=0, le=1, group="training")
    """Share of all steps, at the end, over which the rate falls."""
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""


Schedule = choice("schedule", ConstantSchedule, CosineSchedule, LinearSchedule, WsdSchedule)
