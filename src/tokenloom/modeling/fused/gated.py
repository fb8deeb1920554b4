"""The second half of a gated feed-forward as one autograd function: down(act(gate) · up), where act is SiLU or GELU.

The product act(gate) · up, as large as gate and up, is made again in backward instead of being kept.

Shapes: T places · F width of the feed-forward · D width of the stream.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tokenloom.modeling.compiled.part import Part, part
from tokenloom.modeling.fused.linear import as_part, backward_part, compute_dtype, forward_part, split_parts


@dataclass(frozen=True)
class Gate:
    """An activation of a gate, and what the fused way computes with it: act(gate) · up, both again for backward, and the gradients."""

    plain: Callable[[torch.Tensor], torch.Tensor]
    product: Part
    again: Part
    gradient: Part


def gated_down(down: nn.Module, gate: torch.Tensor, up: torch.Tensor, act: Gate | None = None) -> torch.Tensor:
    """``down(act(gate) · up)`` for gate and up (…, F), with SiLU unless ``act`` is given; fused where the layer allows it."""
    act = act or SILU
    layer = as_part(down) if torch.is_grad_enabled() else None
    if layer is None:
        return down(act.plain(gate) * up)  # type: ignore[no-any-return]
    flat = (-1, gate.shape[-1])
    y = _GatedDown.apply(gate.reshape(flat), up.reshape(flat), act, layer.scale, *layer.tensors)
    return y.view(*gate.shape[:-1], y.shape[-1])  # type: ignore[no-any-return]


class _GatedDown(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, gate: torch.Tensor, up: torch.Tensor, act: Gate, scale: float, *tensors: torch.Tensor | None
    ) -> torch.Tensor:
        product = act.product(gate, up).to(compute_dtype(gate))
        (layer,) = split_parts(tensors, (scale,))
        y, h = forward_part(product, layer)
        ctx.save_for_backward(gate, up, h, *tensors)
        ctx.act, ctx.scale = act, scale
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        gate, up, h, *tensors = ctx.saved_tensors
        (layer,) = split_parts(tensors, (ctx.scale,))
        with torch.autocast(gate.device.type, enabled=False):
            acted, product = ctx.act.again(gate, up)
            d_product, found = backward_part(
                gradients[0].to(product.dtype), product, h, layer, ctx.needs_input_grad[4:], None, needs_input=True
            )
            assert d_product is not None
            d_gate, d_up = ctx.act.gradient(gate, up, acted, d_product)
        return d_gate, d_up, None, None, *found


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


@part(rows=(0, 1))
def gelu_gated(gate_TF: torch.Tensor, up_TF: torch.Tensor) -> torch.Tensor:
    """gelu(gate) · up, with the tanh form of GELU."""
    return F.gelu(gate_TF, approximate="tanh").mul_(up_TF)


@part(rows=(0, 1))
def gelu_gated_again(gate_TF: torch.Tensor, up_TF: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """gelu(gate), and gelu(gate) · up."""
    act_TF = F.gelu(gate_TF, approximate="tanh")
    return act_TF, act_TF * up_TF


def _gelu_gradient_formula(
    gate_TF: torch.Tensor, up_TF: torch.Tensor, act_TF: torch.Tensor, d_product_TF: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d_gate_TF = torch.ops.aten.gelu_backward(d_product_TF * up_TF, gate_TF, approximate="tanh")
    return d_gate_TF, act_TF * d_product_TF


@part(rows=(0, 1, 2, 3), formula=_gelu_gradient_formula)
def gelu_gated_gradient(
    gate_TF: torch.Tensor, up_TF: torch.Tensor, act_TF: torch.Tensor, d_product_TF: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradients of gate and of up; ``act_TF`` and ``d_product_TF`` may be written into."""
    d_up_TF = act_TF.mul_(d_product_TF)
    return torch.ops.aten.gelu_backward(d_product_TF.mul_(up_TF), gate_TF, approximate="tanh"), d_up_TF


def _gelu(x: torch.Tensor) -> torch.Tensor:
    return F.gelu(x, approximate="tanh")


SILU = Gate(F.silu, gated, gated_again, gated_gradient)
GELU = Gate(_gelu, gelu_gated, gelu_gated_again, gelu_gated_gradient)
