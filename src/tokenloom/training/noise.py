"""NEFTune (Jain et al. 2024): uniform noise on the embeddings while training, α / √(length · width) at most.

The noise of a micro-batch is a pure function of (seed, step, number of the micro-batch), so a resumed run draws the same.

Shapes: T places of a flat row · B sequences · L longest · D hidden_size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from tokenloom.modeling.adapter import base_of


class EmbeddingNoise:
    """Adds noise to what the model's embedding gives while it trains; :meth:`begin` says for which micro-batch."""

    def __init__(self, model: nn.Module, *, alpha: float, seed: int) -> None:
        self.alpha, self.seed = alpha, seed
        self._lengths = np.zeros(0, dtype=np.int64)
        self._key = (0, 0)
        base_of(model).get_input_embeddings().register_forward_hook(self._add)

    def begin(self, step: int, number: int, lengths: np.ndarray) -> None:
        """``lengths`` of the sequences in the micro-batch ``number`` of the window for ``step``."""
        self._key, self._lengths = (step, number), lengths

    def _add(self, module: nn.Module, _: Any, embedded: torch.Tensor) -> torch.Tensor:
        if not module.training or not torch.is_grad_enabled():
            return embedded
        seed = int(np.random.SeedSequence([self.seed, *self._key]).generate_state(1, np.uint64)[0] >> 1)
        random = torch.Generator(embedded.device).manual_seed(seed)
        noise = torch.rand(embedded.shape, generator=random, device=embedded.device, dtype=embedded.dtype)
        return embedded + (2 * noise - 1) * self._size(embedded)

    def _size(self, embedded: torch.Tensor) -> torch.Tensor:
        """Largest noise for each place, (1, T, 1) for a flat row and (B, 1, 1) for padded ones."""
        rows, places, width = embedded.shape
        if rows == 1 and self._lengths.sum() <= places:
            each = np.repeat(self._lengths, self._lengths)
            lengths = np.append(each, np.full(places - len(each), places))[None, :, None]  # rounding: nobody reads it
        elif rows == len(self._lengths):
            lengths = self._lengths[:, None, None]
        else:
            lengths = np.full((1, 1, 1), places)
        scale = self.alpha / np.sqrt(np.maximum(lengths, 1) * width)
        return torch.as_tensor(scale, dtype=embedded.dtype, device=embedded.device)
