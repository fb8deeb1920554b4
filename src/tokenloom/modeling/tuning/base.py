"""What every way of tuning does to a model, whatever is trained.

``tune(spec, model)`` gives a plain model what its spec adds and leaves exactly those parameters trainable that are ever trained;
the optimizer is built on them. ``thaw(spec, model, step)`` then says which of them are trained at a step.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from tokenloom.spec.training.tuning import FullTuning


@singledispatch
def tune(spec: Any, model: PreTrainedModel) -> nn.Module:
    """The model, ready to be trained; a fresh adapter changes nothing of what it computes (virtual tokens aside)."""
    raise TypeError(f"no tuning is registered for {type(spec).__name__}")


@singledispatch
def thaw(spec: Any, model: nn.Module, step: int) -> None:
    """Make trainable what is trained at ``step``, and freeze the rest; nothing to do for most kinds."""


@tune.register
def _(spec: FullTuning, model: PreTrainedModel) -> nn.Module:
    return model.requires_grad_(True)
