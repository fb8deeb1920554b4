"""The second half of a gated feed-forward as one autograd function: down(silu(gate) · up).

The product silu(gate) · up, as large as gate and up, is made again in backward instead of being kept.

Shapes: T places · F width of the feed-forward · D width of the stream.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tokenloom.modeling.compiled.part import part
from tokenloom.modeling.fused.linear import as_part, backward_part, compute_dtype, forward_part, split_parts


def gated_down(down: nn.Module, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """``down(silu(gate) · up)`` for gate and up (…, F); fused where the layer allows it."""
    layer = as_part(down) if torch.is_grad_enabled() else None
    if layer is None:
        return down(F.silu(gate) * up)  # type: ignore[no-any-return]
    flat = (-1, gate.shape[-1])
    y = _GatedDown.apply(gate.reshape(flat), up.reshape(flat), layer.scale, *layer.tensors)
    return y.view(*gate.shape[:-1], -1)  # type: ignore[no-any-return]


class _GatedDown(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, gate: torch.Tensor, up: torch.Tensor, scale: float, *tensors: torch.Tensor | None
    ) -> torch.Tensor:
        product = gated(gate, up).to(compute_dtype(gate))
        (layer,) = split_parts(tensors, (scale,))
        y, h = forward_part(product, layer)
        ctx.save_for_backward(gate, up, h, *tensors)
        ctx.scale = scale
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        gate, up, h, *tensors = ctx.saved_tensors
        (layer,) = split_parts(tensors, (ctx.scale,))
        with torch.autocast(gate.device.type, enabled=False):
            act, product = gated_again(gate, up)
            d_product, found = backward_part(
                gradients[0].to(product.dtype), product, h, layer, ctx.needs_input_grad[3:], None, needs_input=True
            )
            assert d_product is not None
            d_gate, d_up = gated_gradient(gate, up, act, d_product)
        return d_gate, d_up, None, *found


@part(rows=(0, 1))
def gated(gate_TF: torch.Tensor, up_TF: torch.Tensor) -> torch.Tensor:
    """silu(gate) · up."""
    return F.silu(gate_TF).mul_(up_TF)


@part(rows=(0, 1))
def gated_again(gate_TF: torch.Tensor, up_TF: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """silu(gate), and silu(gate) · up."""
    act_TF = F.silu(gate_TF)
    return act_TF, act_TF * up_TF


def _gradient_formula(
    gate_TF: torch.Tensor, up_TF: torch.Tensor, act_TF: torch.Tensor, d_product_TF: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.ops.aten.silu_backward(d_product_TF * up_TF, gate_TF), act_TF * d_product_TF


@part(rows=(0, 1, 2, 3), formula=_gradient_formula)
def gated_gradient(
    gate_TF: torch.Tensor, up_TF: torch.Tensor, act_TF: torch.Tensor, d_product_TF: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradients of gate and of up; ``act_TF`` and ``d_product_TF`` may be written into."""
    d_up_TF = act_TF.mul_(d_product_TF)
    return torch.ops.aten.silu_backward(d_product_TF.mul_(up_TF), gate_TF), d_up_TF
