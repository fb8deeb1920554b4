"""Linear layers whose matrix products are made of 8-bit floating-point numbers, on chips that multiply them faster.

Weights stay in their own format, and what comes out is bf16. Each factor of a product is scaled by its own largest value just before it, so that it fills
the range: values and weights as e4m3 (3 bits of mantissa, up to 448), gradients as e5m2 (2 bits, up to 57,344), sums in fp32; arXiv:2209.05433.

    y = x Wᵀ + b      dx = g W      dW = gᵀ x

Shapes: T places · D inputs · N outputs.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tokenloom.modeling.fused.linear import compute_dtype

VALUES, GRADIENTS = torch.float8_e4m3fn, torch.float8_e5m2
MULTIPLE = 16  # of both sides of a product, which the chips ask for
SMALLEST = 256  # narrower layers (heads for classes, adapters) gain nothing and keep their digits


class Fp8Linear(nn.Linear):
    """A linear layer by its parameters and their names, made of 8-bit products."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(…, D) → (…, N) in the format of matrix products."""
        y = _Product.apply(x.reshape(-1, x.shape[-1]), self.weight).view(*x.shape[:-1], -1)
        return y if self.bias is None else y + self.bias.to(y.dtype)


def use_fp8(model: nn.Module) -> int:
    """Let the plain linear layers of a model multiply in 8 bits, all but its head and narrow ones; how many they are."""
    head = getattr(model, "get_output_embeddings", lambda: None)()
    layers = [module for module in model.modules() if type(module) is nn.Linear and module is not head]
    fitting = [each for each in layers if all(side >= SMALLEST and side % MULTIPLE == 0 for side in each.weight.shape)]
    for layer in fitting:
        layer.__class__ = Fp8Linear
    return len(fitting)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x_TD: torch.Tensor, weight_ND: torch.Tensor) -> torch.Tensor:
        ctx.input_dtype, ctx.dtype, ctx.num_places = x_TD.dtype, compute_dtype(x_TD), len(x_TD)
        x8_TD, x_scale = narrow(F.pad(x_TD, (0, 0, 0, -len(x_TD) % MULTIPLE)), VALUES)
        w8_ND, w_scale = narrow(weight_ND, VALUES)
        ctx.save_for_backward(x8_TD, x_scale, weight_ND)
        return product(x8_TD, w8_ND.t(), x_scale, w_scale, ctx.dtype)[: ctx.num_places]

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        x8_TD, x_scale, weight_ND = ctx.saved_tensors
        g8_TN, g_scale = narrow(F.pad(gradients[0], (0, 0, 0, -ctx.num_places % MULTIPLE)), GRADIENTS)
        d_x = d_weight = None
        if ctx.needs_input_grad[0]:
            w8_ND, w_scale = narrow(weight_ND, VALUES)
            d_x = product(g8_TN, by_columns(w8_ND), g_scale, w_scale, ctx.dtype)[: ctx.num_places].to(ctx.input_dtype)
        if ctx.needs_input_grad[1]:
            g8_NT = g8_TN.t().contiguous()
            d_weight = product(g8_NT, by_columns(x8_TD), g_scale, x_scale, torch.float32).to(weight_ND.dtype)
        return d_x, d_weight


def narrow(values: torch.Tensor, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """``values`` in 8 bits, by rows, and the number that each must be multiplied by to be what it was. What is not finite stays so."""
    largest = values.detach().abs().amax().float().clamp_(min=1e-12)
    scale = largest / torch.finfo(dtype).max
    return (values.float() / scale).to(dtype).contiguous(), scale


def by_columns(factor: torch.Tensor) -> torch.Tensor:
    """The same matrix, laid out by columns as the second factor must be."""
    return factor.t().contiguous().t()


def product(
    a: torch.Tensor, b: torch.Tensor, a_scale: torch.Tensor, b_scale: torch.Tensor, dtype: torch.dtype
) -> torch.Tensor:
    """a (M, K) by rows times b (K, N) by columns."""
    return torch._scaled_mm(a, b, scale_a=a_scale, scale_b=b_scale, out_dtype=dtype)
