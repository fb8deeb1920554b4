"""RMSNorm (Zhang & Sennrich 2019) as one autograd function: y = x / rms(x) · w.

Keeps the input and one number a row. The backward needs one product of the shape of ``x`` and two of a matrix with a vector.

Shapes: T places · D width.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tokenloom.modeling.compiled.part import part


class RMSNorm(nn.RMSNorm):
    """The field's layer, computed the fused way where it is trained through."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not torch.is_grad_enabled() or x.dtype != torch.float32 or self.weight is None or self.eps is None:
            return super().forward(x)
        return rms_norm(x, self.weight, self.eps)


def rms_norm(x: torch.Tensor, weight_D: torch.Tensor, eps: float) -> torch.Tensor:
    """Of the last axis of ``x`` (…, D); in fp32 whatever autocast says."""
    return _RMSNorm.apply(x.reshape(-1, x.shape[-1]), weight_D, eps).view(x.shape)  # type: ignore[no-any-return]


class _RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x_TD: torch.Tensor, weight_D: torch.Tensor, eps: float) -> torch.Tensor:
        norms = torch.linalg.vector_norm(x_TD, dim=-1, keepdim=True)
        inverse_T1 = norms.square_().div_(x_TD.shape[-1]).add_(eps).rsqrt_()
        ctx.save_for_backward(x_TD, weight_D, inverse_T1)
        return scaled(x_TD, inverse_T1, weight_D)  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None, None]:
        x_TD, weight_D, inverse_T1 = ctx.saved_tensors
        grad_TD = gradients[0]
        d_x = d_weight = None
        with torch.autocast(x_TD.device.type, enabled=False):
            if all(ctx.needs_input_grad[:2]):
                d_x, d_weight = norm_gradients(grad_TD, x_TD, inverse_T1, weight_D)
            elif ctx.needs_input_grad[1]:
                d_weight = torch.mv((grad_TD * x_TD).t(), inverse_T1[:, 0])
            elif ctx.needs_input_grad[0]:
                d_x = _input_gradient(grad_TD, x_TD, inverse_T1, weight_D, grad_TD * x_TD)
        return d_x, d_weight, None


@part(rows=(0, 1))
def scaled(x_TD: torch.Tensor, inverse_T1: torch.Tensor, weight_D: torch.Tensor) -> torch.Tensor:
    """x · w / rms(x)."""
    return (x_TD * inverse_T1).mul_(weight_D)


def _gradients_formula(
    grad_TD: torch.Tensor, x_TD: torch.Tensor, inverse_T1: torch.Tensor, weight_D: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    normed_TD = x_TD * inverse_T1
    along_T1 = (grad_TD * weight_D * normed_TD).mean(-1, keepdim=True)
    return (grad_TD * weight_D - normed_TD * along_T1) * inverse_T1, (grad_TD * normed_TD).sum(0)


@part(rows=(0, 1, 2), formula=_gradients_formula)
def norm_gradients(
    grad_TD: torch.Tensor, x_TD: torch.Tensor, inverse_T1: torch.Tensor, weight_D: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of input and weight."""
    both_TD = grad_TD * x_TD
    d_weight = torch.mv(both_TD.t(), inverse_T1[:, 0])
    return _input_gradient(grad_TD, x_TD, inverse_T1, weight_D, both_TD), d_weight


def _input_gradient(
    grad_TD: torch.Tensor,
    x_TD: torch.Tensor,
    inverse_T1: torch.Tensor,
    weight_D: torch.Tensor,
    both_TD: torch.Tensor,
) -> torch.Tensor:
    """``both_TD``, the product of the first two, is written over."""
    along_T1 = torch.mv(both_TD, weight_D)[:, None] * inverse_T1.pow(3).div_(-x_TD.shape[-1])
    return torch.mul(grad_TD, weight_D, out=both_TD).mul_(inverse_T1).addcmul_(x_TD, along_T1)
