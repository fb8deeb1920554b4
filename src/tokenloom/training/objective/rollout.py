"""Drawing several answers to each prompt of a batch and judging them, as a pure function of (weights, seed, step)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from tokenloom.modeling.generate import Answer, generate_batch
from tokenloom.spec.generation import GenerationSpec, GreedySampling, RandomSampling
from tokenloom.training.batches import FlatBatch

Judge = Callable[[Sequence[int], Sequence[str]], np.ndarray]
"""(dataset row of each answer, answers as text) → reward of each."""


@dataclass(frozen=True)
class Drawn:
    """Answers to the prompts of a batch, ``group_size`` of them for each prompt in a row, and what each of them earned."""

    prompts: list[list[int]]
    answers: list[Answer]
    rows: np.ndarray
    rewards: np.ndarray


@dataclass(frozen=True)
class Rollout:
    """What answers are drawn with. ``stop_ids`` end an answer; ``decode`` makes text of token ids."""

    model: nn.Module
    judge: Judge
    decode: Callable[[Sequence[int]], str]
    stop_ids: Sequence[int]
    max_new_tokens: int
    temperature: float
    seed: int

    def tried(self, batch: FlatBatch, group_size: int, *, draw: int) -> Drawn:
        """``group_size`` random answers to each prompt; the same ``draw`` gives the same answers."""
        seed = int(np.random.SeedSequence([self.seed, draw]).generate_state(1)[0])
        return self._drawn(batch, group_size, RandomSampling(temperature=self.temperature, top_p=1.0, seed=seed))

    def best(self, batch: FlatBatch) -> Drawn:
        """The greedy answer to each prompt."""
        return self._drawn(batch, 1, GreedySampling())

    def _drawn(self, batch: FlatBatch, times: int, sampling: GreedySampling | RandomSampling) -> Drawn:
        prompts = [prompt for prompt in _prompts(batch) for _ in range(times)]
        rows = np.repeat(batch.sample_rows, times)
        was_training = self.model.training
        self.model.eval()
        spec = GenerationSpec(max_new_tokens=self.max_new_tokens, sampling=sampling)
        answers = generate_batch(self.model, prompts, spec, stop_ids=self.stop_ids)
        self.model.train(was_training)
        rewards = self.judge(rows.tolist(), [self.decode(answer.ids) for answer in answers])
        return Drawn(prompts, answers, rows, rewards)


def _prompts(batch: FlatBatch) -> list[list[int]]:
    ends = np.cumsum(batch.lengths)
    ids = batch.inputs_T.tolist()
    return [ids[end - length : end] for end, length in zip(ends.tolist(), batch.lengths.tolist(), strict=True)]
