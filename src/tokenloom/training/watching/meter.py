"""How much of the machine a run uses: useful arithmetic against the measured ceiling, useful places, memory.

Useful arithmetic is what a window needs whatever way it is computed: 2 operations a weight and token forward, 2 more for the gradient that goes
down through it, 2 more for its own where it is trained; the head only at labelled places; causal attention 2·l² a feature and block forward, twice
that back (Chowdhery et al. 2022, appendix B). Padding, blocks that are computed twice and models beside (a reference, a teacher) count as nothing:
they lower the share.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.scoring import head_of
from tokenloom.training.batches import Window
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.precision import Compute, measured_ceiling

MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Weights:
    """Weights of matrix products: of the blocks and what is between them, and of the head; those that are trained; features of attention over all blocks."""

    body: int
    head: int
    trained_body: int
    trained_head: int
    attention: int

    def operations(self, tokens: int, labels: int, squares: int, *, goes_through: bool) -> float:
        """Useful operations of a step over so many ``tokens`` and ``labels``; ``squares`` is the sum of squared lengths.

        ``goes_through``: the gradient passes weights that are not trained, on its way to adapters.
        """
        passed_body, passed_head = (self.body, self.head) if goes_through else (self.trained_body, self.trained_head)
        products = tokens * (self.body + passed_body + self.trained_body)
        products += labels * (self.head + passed_head + self.trained_head)
        return 2.0 * products + 6.0 * self.attention * squares


def count_weights(model: nn.Module) -> Weights:
    """Look at every matrix of the model."""
    base = base_of(model)
    head = head_of(base)
    head_parts = {id(module) for module in head.modules()}
    counts = {"body": 0, "head": 0, "trained_body": 0, "trained_head": 0}
    for module in model.modules():
        size = _product_size(module)
        part = "head" if id(module) in head_parts else "body"
        counts[part] += size
        counts[f"trained_{part}"] += size if any(each.requires_grad for each in module.parameters(recurse=False)) else 0
    return Weights(**counts, attention=_attention_features(base))


class Meter:
    """Collects what steps needed, until a row of metrics is due."""

    def __init__(self, model: nn.Module, path: FlatPath | PaddedPath, compute: Compute, tuning: Any) -> None:
        self._model, self._path, self._compute = model, path, compute
        self._is_adapter = tuning.is_adapter
        self._thaws = getattr(tuning, "unfreeze_every_steps", None) is not None
        self._weights: Weights | None = None
        self.steps = 0
        """Steps since the last row."""
        self._tokens = self._labels = self._squares = 0

    def add(self, window: Window) -> int:
        """A step over this window was taken; the places that went through the model for it."""
        self.steps += 1
        for batch in window.batches:
            self._tokens += batch.num_tokens
            self._labels += batch.num_labels
            self._squares += int(np.square(batch.lengths).sum())
        return sum(self._path.places(batch) for batch in window.batches)

    def take(self, seconds: float) -> dict[str, float]:
        """Metrics of the steps since the last call, which took so long."""
        if self._weights is None or self._thaws:
            self._weights = count_weights(self._model)
        work = self._weights.operations(self._tokens, self._labels, self._squares, goes_through=self._is_adapter)
        ceiling = measured_ceiling(self._compute, self.width)
        found = {
            "train/mfu": work / max(seconds, 1e-9) / ceiling.rate,
            "memory/peak_bytes": float(peak_bytes(self._compute.torch_device)),
        }
        self.steps = self._tokens = self._labels = self._squares = 0
        return found

    @property
    def width(self) -> int:
        """Size of the products by which the ceiling is measured."""
        return int(getattr(base_of(self._model).config, "hidden_size", 512))


def peak_bytes(device: torch.device) -> int:
    """Most memory so far: what tensors took on a CUDA device since the last call, else what the process took since its start."""
    if device.type == "cuda":
        peak = int(torch.cuda.max_memory_allocated(device))
        torch.cuda.reset_peak_memory_stats(device)
        return peak
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_BYTES


def _product_size(module: nn.Module) -> int:
    """Weights of a matrix product, by what the module says of itself (a quantized one stores other shapes); 0 for all else."""
    if any(True for _ in module.children()):
        return 0
    inner, outer = getattr(module, "in_features", None), getattr(module, "out_features", None)
    if isinstance(inner, int) and isinstance(outer, int):
        return inner * outer
    weight = getattr(module, "weight", None)
    is_matrix = isinstance(weight, torch.Tensor) and weight.dim() == 2 and not isinstance(module, nn.Embedding)
    return weight.numel() if is_matrix else 0


def _attention_features(base: nn.Module) -> int:
    """Blocks × heads × features of a head; 0 where the configuration does not say."""
    config = base.config
    blocks, heads = getattr(config, "num_hidden_layers", 0), getattr(config, "num_attention_heads", 0)
    width = getattr(config, "head_dim", None) or getattr(config, "hidden_size", 0) // max(heads, 1)
    return int(blocks * heads * width)
