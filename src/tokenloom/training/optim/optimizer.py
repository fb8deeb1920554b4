"""Optimizers by the spec's type."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import torch
from torch import nn

from tokenloom.modeling.tuning.quantized import bitsandbytes
from tokenloom.spec.training.optimizer import Adafactor, AdamW, AdamW8bit, Lion, Muon, ScheduleFreeAdamW, Sgd
from tokenloom.training.optim import lion, muon, schedule_free
from tokenloom.training.optim.groups import parameter_groups


@singledispatch
def build_optimizer(spec: Any, model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer over the model's trained parameters."""
    raise TypeError(f"no optimizer is registered for {type(spec).__name__}")


@build_optimizer.register
def _(spec: AdamW, model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameter_groups(spec, model), **_adam(spec), fused=True)


@build_optimizer.register
def _(spec: AdamW8bit, model: nn.Module) -> torch.optim.Optimizer:
    library = bitsandbytes("optimizer.kind=adamw_8bit")
    return library.optim.AdamW8bit(parameter_groups(spec, model), **_adam(spec))  # type: ignore[no-any-return]


@build_optimizer.register
def _(spec: Adafactor, model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adafactor(
        parameter_groups(spec, model), lr=spec.learning_rate, beta2_decay=spec.beta2_decay, d=spec.clip_threshold
    )


@build_optimizer.register
def _(spec: Lion, model: nn.Module) -> torch.optim.Optimizer:
    return lion.Lion(parameter_groups(spec, model), lr=spec.learning_rate, betas=(spec.beta1, spec.beta2))


@build_optimizer.register
def _(spec: Muon, model: nn.Module) -> torch.optim.Optimizer:
    return muon.muon_with_adamw(spec, model, _adam(spec))


@build_optimizer.register
def _(spec: Sgd, model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        parameter_groups(spec, model), lr=spec.learning_rate, momentum=spec.momentum, nesterov=spec.nesterov
    )


@build_optimizer.register
def _(spec: ScheduleFreeAdamW, model: nn.Module) -> torch.optim.Optimizer:
    return schedule_free.ScheduleFreeAdamW(parameter_groups(spec, model), **_adam(spec))


def _adam(spec: Any) -> dict[str, Any]:
    return {"lr": spec.learning_rate, "betas": (spec.beta1, spec.beta2), "eps": spec.epsilon}
