"""Gradient checkpointing (Chen et al. 2016): blocks keep their input alone, and compute what is inside again for the gradient.

Done around the blocks, so it works for our transformer and for every family that has a list of them; the result is the same to the bit.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from tokenloom.kit.errors import SpecError
from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.tuning.targets import blocks_of


def recompute_blocks(model: nn.Module) -> None:
    """From now on every block of the model does so while it trains. :class:`SpecError` where there are no blocks."""
    blocks = blocks_of(base_of(model))
    if not len(blocks):
        raise SpecError(
            "loop.gradient_checkpointing: no list of blocks was found in this model.",
            hint="Set loop.gradient_checkpointing to false, and lower the micro-batch instead.",
        )
    for block in blocks:
        _recompute(block)


def _recompute(block: nn.Module) -> None:
    inner = block.forward

    def forward(*inputs: Any, **named: Any) -> Any:
        if block.training and torch.is_grad_enabled():
            return checkpoint(inner, *inputs, use_reentrant=False, **named)
        return inner(*inputs, **named)

    block.forward = forward  # type: ignore[method-assign]
