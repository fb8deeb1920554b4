"""How a model knows where a token stands: rotary and sinusoidal tables, and ALiBi slopes.

Shapes: T tokens · D hidden_size · H heads · K head size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from tokenloom.modeling.fused import rope as fused

LOW_TURNS, HIGH_TURNS = 1.0, 4.0  # within the original length, as in Llama 3.1


@dataclass(frozen=True)
class RopeScaling:
    """How RoPE is stretched ``factor`` times: ``linear`` slows every turn, ``llama3`` those alone that are longer than the
    ``original_length`` in tokens that a model was first trained on, with a smooth passage to those of which it saw four.
    """

    kind: str
    factor: float
    original_length: int

    def __call__(self, frequencies: torch.Tensor) -> torch.Tensor:
        if self.kind == "linear":
            return frequencies / self.factor
        turns = self.original_length * frequencies / (2 * math.pi)
        kept = ((turns - LOW_TURNS) / (HIGH_TURNS - LOW_TURNS)).clamp(0, 1)
        return (1 - kept) * frequencies / self.factor + kept * frequencies


def rope_tables(
    head_size: int, length: int, theta: float, scaling: RopeScaling | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines (length, K) of RoFormer (Su et al. 2021), in the half-split layout that Llama uses."""
    frequencies = 1.0 / theta ** (torch.arange(0, head_size, 2, dtype=torch.float32) / head_size)
    frequencies = frequencies if scaling is None else scaling(frequencies)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), frequencies)
    both = torch.cat([angles, angles], dim=-1)
    return both.cos(), both.sin()


def sinusoids(width: int, length: int) -> torch.Tensor:
    """(T, D) of Vaswani et al. 2017: sines in even columns, cosines in odd ones, of wavelengths from 2π to 20 000π."""
    frequencies = 10_000.0 ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), frequencies)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turn the last axis of ``x`` by its position; ``cos`` and ``sin`` broadcast against it."""
    if torch.is_grad_enabled():
        return fused.rotate(x, cos, sin)
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


def alibi_slopes(num_heads: int) -> torch.Tensor:
    """One slope per head: a geometric row that starts at 2^(-8/H) (Press et al. 2022)."""
    return 2.0 ** (-8.0 * torch.arange(1, num_heads + 1, dtype=torch.float32) / num_heads)
