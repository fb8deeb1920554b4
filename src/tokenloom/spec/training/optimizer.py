"""How gradients become changes."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, choice, setting


class AdamW(Spec):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019)."""

    kind: Literal["adamw"] = "adamw"
    learning_rate: float = setting(3e-4, gt=0, le=10, scale="log", simple=True, group="training")
    """Peak learning rate; the schedule scales it."""
    beta1: float = setting(0.9, ge=0, lt=1, group="training")
    """Memory of the mean gradient."""
    beta2: float = setting(0.95, ge=0, lt=1, group="training")
    """Memory of the squared gradient."""
    epsilon: float = setting(1e-8, gt=0, scale="log", group="training")
    """Added to the denominator."""
    weight_decay: float = setting(0.1, ge=0, le=10, group="training")
    """Pull towards zero, on matrices only: norms, biases and embeddings of positions are left alone."""


Optimizer = choice("optimizer", AdamW)
