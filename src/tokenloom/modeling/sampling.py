"""Choosing the next token from logits. Shapes: B rows · V vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from tokenloom.spec.generation import GreedySampling, RandomSampling


def choose(
    logits_BV: torch.Tensor, sampling: GreedySampling | RandomSampling | object, random: torch.Generator
) -> torch.Tensor:
    """(B,) token ids: the most likely ones, or drawn with ``random`` after temperature and the cuts."""
    if not isinstance(sampling, RandomSampling):
        return logits_BV.argmax(-1)
    probabilities = cut(logits_BV.float().cpu() / sampling.temperature, sampling).softmax(-1)
    return torch.multinomial(probabilities, 1, generator=random).squeeze(1)


def cut(logits_BV: torch.Tensor, sampling: RandomSampling) -> torch.Tensor:
    """Logits with everything outside top-k, top-p and min-p at −inf; the best token always stays."""
    if sampling.top_k is not None:
        k = min(sampling.top_k, logits_BV.shape[-1])
        floor = logits_BV.topk(k, dim=-1).values[:, -1:]
        logits_BV = logits_BV.masked_fill(logits_BV < floor, float("-inf"))
    if sampling.top_p < 1.0:
        ordered, places = logits_BV.sort(dim=-1, descending=True)
        mass = ordered.softmax(-1)
        outside = mass.cumsum(-1) - mass >= sampling.top_p
        logits_BV = logits_BV.masked_fill(outside.scatter(-1, places, outside), float("-inf"))
    if sampling.min_p > 0.0:
        probabilities = logits_BV.softmax(-1)
        floor = probabilities.amax(-1, keepdim=True) * sampling.min_p
        logits_BV = logits_BV.masked_fill(probabilities < floor, float("-inf"))
    return logits_BV


def penalise_repetition(logits_BV: torch.Tensor, seen: Sequence[Sequence[int]], penalty: float) -> torch.Tensor:
    """Divide positive and multiply negative logits of tokens already seen (CTRL, Keskar et al. 2019)."""
    logits_BV = logits_BV.clone()
    for row, ids in enumerate(seen):
        at = torch.tensor(sorted(set(ids)), device=logits_BV.device)
        values = logits_BV[row, at]
        logits_BV[row, at] = torch.where(values > 0, values / penalty, values * penalty)
    return logits_BV
