"""Optimizers by the spec's type, with weight decay on matrices only."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import torch
from torch import nn

from tokenloom.modeling.adapter import trained_parameters
from tokenloom.spec.training.optimizer import AdamW


@singledispatch
def build_optimizer(spec: Any, model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer over the model's trained parameters."""
    raise TypeError(f"no optimizer is registered for {type(spec).__name__}")


@build_optimizer.register
def _(spec: AdamW, model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        decay_groups(model, spec.weight_decay),
        lr=spec.learning_rate,
        betas=(spec.beta1, spec.beta2),
        eps=spec.epsilon,
        fused=True,
    )


def decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Two groups: matrices, which decay, and norms, biases and position tables, which do not."""
    named = trained_parameters(model)
    decayed = [name for name, parameter in named.items() if parameter.dim() >= 2 and "embed_positions" not in name]
    kept = [name for name in named if name not in set(decayed)]
    groups = [
        {"params": [named[name] for name in decayed], "names": decayed, "weight_decay": weight_decay},
        {"params": [named[name] for name in kept], "names": kept, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
