"""How a model knows where a token stands: rotary and sinusoidal tables, and ALiBi slopes.

Shapes: T tokens · D hidden_size · H heads · K head size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from tokenloom.modeling.fused import rope as fused

LOW_TURNS, HIGH_TURNS = 1.0, 4.0  # within the original length, as in Llama 3.1
SLOW_TURNS, FAST_TURNS = 1.0, 32.0  # the same for YaRN


@dataclass(frozen=True)
class RopeScaling:
    """How RoPE is stretched ``factor`` times. ``linear`` slows every turn. ``llama3`` and ``yarn`` slow those alone that are longer than the
    ``original_length`` in tokens that a model was first trained on, with a passage to those of which it saw several: over the turn's own
    length (Llama 3.1), or over its place in the head (Peng et al. 2023), where ``yarn`` also raises queries and keys.
    """

    kind: str
    factor: float
    original_length: int

    def __call__(self, frequencies: torch.Tensor, theta: float) -> torch.Tensor:
        if self.kind == "linear":
            return frequencies / self.factor
        kept = self._kept_of_yarn(len(frequencies), theta) if self.kind == "yarn" else self._kept_of_llama(frequencies)
        return (1 - kept) * frequencies / self.factor + kept * frequencies

    @property
    def height(self) -> float:
        """What queries and keys are multiplied by."""
        return 0.1 * math.log(self.factor) + 1.0 if self.kind == "yarn" else 1.0

    @property
    def words(self) -> dict[str, float | int]:
        """The same in transformers' words, beside ``rope_type`` and ``rope_theta``."""
        if self.kind == "linear":
            return {"factor": self.factor}
        turns = {"low_freq_factor": LOW_TURNS, "high_freq_factor": HIGH_TURNS}
        if self.kind == "yarn":
            turns = {"beta_slow": SLOW_TURNS, "beta_fast": FAST_TURNS}
        return {"factor": self.factor, "original_max_position_embeddings": self.original_length, **turns}

    def _kept_of_llama(self, frequencies: torch.Tensor) -> torch.Tensor:
        turns = self.original_length * frequencies / (2 * math.pi)
        return ((turns - LOW_TURNS) / (HIGH_TURNS - LOW_TURNS)).clamp(0, 1)

    def _kept_of_yarn(self, count: int, theta: float) -> torch.Tensor:
        """1 for pairs before the one that makes ``FAST_TURNS`` within the original length, 0 behind the one that makes ``SLOW_TURNS``."""

        def place_of(turns: float) -> float:
            return count * math.log(self.original_length / (turns * 2 * math.pi)) / math.log(theta)

        first = max(math.floor(place_of(FAST_TURNS)), 0)
        last = min(math.ceil(place_of(SLOW_TURNS)), 2 * count - 1)
        slope = last - first or 0.001
        return 1 - ((torch.arange(count, dtype=torch.float32) - first) / slope).clamp(0, 1)


def rope_tables(
    head_size: int, length: int, theta: float, scaling: RopeScaling | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines (length, K) of RoFormer (Su et al. 2021), in the half-split layout that Llama uses."""
    frequencies = 1.0 / theta ** (torch.arange(0, head_size, 2, dtype=torch.float32) / head_size)
    height = 1.0 if scaling is None else scaling.height
    frequencies = frequencies if scaling is None else scaling(frequencies, theta)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), frequencies)
    both = torch.cat([angles, angles], dim=-1)
    return both.cos() * height, both.sin() * height


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
