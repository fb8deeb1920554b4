"""New tokens for a trained model: each begins as the mean of the old pieces that it stands for."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from transformers import PreTrainedModel


@torch.no_grad()
def grow_vocabulary(model: PreTrainedModel, first_id: int, pieces: Sequence[Sequence[int]]) -> int:
    """Rows ``first_id``, ``first_id + 1``, … of the embedding (V × D) and of a head that is not tied to it become the means of the rows
    ``pieces`` names; all other rows stay. The new vocabulary size.

    A random row would drown the first steps in noise: its norm is another, and the head gives it probability everywhere. A mean lies
    where the pieces lie, so the model reads the word nearly as before and learns from there (Hewitt 2021, “Initializing New Word Embeddings”).
    """
    size = max(int(model.config.vocab_size), first_id + len(pieces))
    model.resize_token_embeddings(size, mean_resizing=False)
    parts = [model.get_input_embeddings(), model.get_output_embeddings()]
    seen: set[int] = set()
    for part in parts:
        if part is None or id(part.weight) in seen:
            continue
        seen.add(id(part.weight))
        for place, old in enumerate(pieces):
            rows = torch.tensor(list(old), device=part.weight.device)
            part.weight[first_id + place] = part.weight[rows].mean(dim=0)
            if isinstance(bias := getattr(part, "bias", None), nn.Parameter):
                bias[first_id + place] = bias[rows].mean()
    return size
