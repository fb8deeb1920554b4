"""One small batch for each kind of objective, and two tiny models: the one that learns and the one it is compared with."""

from __future__ import annotations

import numpy as np
from engine_kit import VOCAB, tiny_model

from tokenloom.modeling.transformer import Transformer
from tokenloom.training.batches import FlatTokens

BETA = 0.3
PROMPTS = [[3, 4, 5], [7, 9, 11, 13, 15], [2, 2], [20, 30, 40, 50]]
BETTER = [[6, 7, 8, 1], [17, 19, 1], [2, 2, 2, 2, 2, 1], [60, 1]]
WORSE = [[9, 9, 1], [3, 5, 8, 13, 21, 1], [5, 1], [0, 10, 20, 1]]
VERDICTS = [1.0, 0.0, 1.0, 0.0]
ADVANTAGES = [1.25, -0.5, 0.75, -1.5]
TEMPERATURE = 2.0


def policy() -> Transformer:
    return tiny_model(0, init="normal", init_std=0.3)


def reference() -> Transformer:
    return tiny_model(1, init="normal", init_std=0.3)


def sequences(answers: list[list[int]]) -> list[tuple[list[int], int]]:
    """(prompt and answer, length of the prompt) of each row."""
    return [([*prompt, *answer], len(prompt)) for prompt, answer in zip(PROMPTS, answers, strict=True)]


def strangers() -> list[list[int]]:
    """To each prompt, the answer of the row before it."""
    return [BETTER[place - 1] for place in range(len(BETTER))]


def store(*sides: list[list[int]], **columns: list[float]) -> FlatTokens:
    """Groups with one sequence of each side; a column has a number for each group."""
    groups = zip(*(sequences(side) for side in sides), strict=True)
    rows = [each for group in groups for each in group]
    lengths = [len(ids) for ids, _ in rows]
    return FlatTokens(
        tokens=np.concatenate([ids for ids, _ in rows]),
        learned=np.concatenate([np.arange(len(ids)) >= start for ids, start in rows]).astype(np.uint8),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        rows=np.repeat(np.arange(len(PROMPTS)), len(sides)),
        columns={name: np.repeat(values, len(sides)).astype(np.float32) for name, values in columns.items()},
        width=len(sides),
    )


__all__ = ["ADVANTAGES", "BETA", "BETTER", "PROMPTS", "TEMPERATURE", "VERDICTS", "VOCAB", "WORSE"]
