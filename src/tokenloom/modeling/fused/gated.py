"""The second half of a gated feed-forward as one autograd function: down(silu(gate) · up).

The product silu(gate) · up, as large as gate and up, is made again in backward instead of being kept.

Shapes: T places · F width of the feed-forward · D width of the stream.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tokenloom.modeling.fused.linear import as_part, backward_part, compute_dtype, forward_part, split_parts


def gated_down(down: nn.Module, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """``down(silu(gate) · up)`` for gate and up (…, F); fused where the layer allows it."""
    part = as_part(down) if torch.is_grad_enabled() else None
    if part is None:
        return down(F.silu(gate) * up)  # type: ignore[no-any-return]
    flat = (-1, gate.shape[-1])
    y = _GatedDown.apply(gate.reshape(flat), up.reshape(flat), part.scale, *part.tensors)
    return y.view(*gate.shape[:-1], -1)  # type: ignore[no-any-return]


class _GatedDown(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, gate: torch.Tensor, up: torch.Tensor, scale: float, *tensors: torch.Tensor | None
    ) -> torch.Tensor:
        product = F.silu(gate).mul_(up).to(compute_dtype(gate))
        (part,) = split_parts(tensors, (scale,))
        y, h = forward_part(product, part)
        ctx.save_for_backward(gate, up, h, *tensors)
        ctx.scale = scale
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        gate, up, h, *tensors = ctx.saved_tensors
        (part,) = split_parts(tensors, (ctx.scale,))
        with torch.autocast(gate.device.type, enabled=False):
            act = F.silu(gate)
            product = act * up
            d_product, found = backward_part(
                gradients[0].to(product.dtype), product, h, part, ctx.needs_input_grad[3:], None, needs_input=True
            )
            assert d_product is not None
            d_up = act.mul_(d_product)
            d_gate = torch.ops.aten.silu_backward(d_product.mul_(up), gate)
        return d_gate, d_up, None, *found
