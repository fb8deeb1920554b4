"""What is learned: the loss that training lowers."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, choice, setting


class LanguageObjective(Spec):
    """The next token: cross-entropy on every learned token."""

    kind: Literal["language"] = "language"
    label_smoothing: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of the target's probability that is spread evenly over the vocabulary (Szegedy et al. 2016)."""
    z_loss: float = setting(0.0, ge=0, le=1, group="training")
    """Weight of the squared log of the softmax's denominator, which keeps logits small (Chowdhery et al. 2022); 1e-4 is usual."""


Objective = choice("objective", LanguageObjective)
