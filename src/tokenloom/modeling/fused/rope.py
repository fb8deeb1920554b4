"""Rotary positions as one autograd function: two passes instead of five, and nothing kept but the tables.

Shapes: (…, K) with K the head size; cosines and sines broadcast against it, in the half-split layout (both halves of a table are equal).
"""

from __future__ import annotations

from typing import Any

import torch

from tokenloom.modeling.compiled.part import part


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turn the last axis of ``x`` by its position."""
    return _Rotate.apply(x, cos, sin)  # type: ignore[no-any-return]


class _Rotate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(cos, sin)
        return _turned(x, cos, sin)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        cos, sin = ctx.saved_tensors
        return _turned(gradients[0], cos, -sin), None, None


def _turned(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    if x.dim() == 4 and x.shape[0] == 1:
        return turned(x[0], cos[0], sin[0])[None]  # type: ignore[no-any-return]
    return turned.plain(x, cos, sin)  # type: ignore[no-any-return]


def _turned_formula(x_THK: torch.Tensor, cos_T1K: torch.Tensor, sin_T1K: torch.Tensor) -> torch.Tensor:
    first, second = x_THK.chunk(2, dim=-1)
    return x_THK * cos_T1K + torch.cat([-second, first], dim=-1) * sin_T1K


@part(rows=(0, 1, 2), formula=_turned_formula)
def turned(x_THK: torch.Tensor, cos_T1K: torch.Tensor, sin_T1K: torch.Tensor) -> torch.Tensor:
    """Both halves of the last axis turned against each other."""
    half = x_THK.shape[-1] // 2
    made = x_THK * cos_T1K
    made[..., :half].addcmul_(x_THK[..., half:], sin_T1K[..., :half], value=-1)
    made[..., half:].addcmul_(x_THK[..., :half], sin_T1K[..., half:])
    return made
