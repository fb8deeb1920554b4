"""Which weights are trained."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, choice, setting


class FullTuning(Spec):
    """Every weight is trained."""

    kind: Literal["full"] = "full"


class LoraTuning(Spec):
    """Low-rank adapters beside the frozen linear layers (Hu et al. 2021)."""

    kind: Literal["lora"] = "lora"
    rank: int = setting(16, ge=1, le=1024, scale="log", simple=True, group="training")
    """Inner width of each adapter: more learns more and weighs more."""
    alpha: float = setting(32.0, gt=0, scale="log", group="training")
    """The adapter's output is scaled by alpha / rank."""
    dropout: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of inputs of the adapter that is dropped while training."""
    target_modules: list[str] | Literal["all-linear"] = setting("all-linear", group="training")
    """Names of the linear layers that get an adapter, or `all-linear` (all but the output head)."""


Tuning = choice("tuning", FullTuning, LoraTuning)
