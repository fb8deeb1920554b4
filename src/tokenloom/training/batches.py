"""From memory-mapped tokens to flat batches, as a pure function of (seed, position).

The order of data is an endless stream: epoch e is a permutation drawn from (seed, e); position p is sequence p mod n of epoch p div n.
A *window* is what one optimizer step sees: one or more micro-batches. The only state to save is the position.

A sequence of L tokens gives L − 1 places: the input at i, the target at i + 1, learned where the token store says so. Places are laid
end to end without padding; what rounding adds at the end of a row (so that few shapes occur, which kernels like) is a
segment of its own that carries no label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
import torch

from tokenloom.modeling.attention import SegmentPlan
from tokenloom.modeling.loss import IGNORE
from tokenloom.spec.training.batch import Batch, SequenceBatch

ROUND_TOKENS = 64
CPU_PIECE = 1024  # tokens: matrix products are as fast as with more, and what a layer touches stays in the cache
ROUND_ROWS = 64


class Tokens(Protocol):
    """What the engine needs of a token store: flat arrays and where each sequence begins."""

    tokens: np.ndarray
    learned: np.ndarray
    offsets: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class FlatBatch:
    """One micro-batch. Shapes: T places in all, R labelled rows (rounded up; surplus targets are ignored).

    inputs_T, positions_T int64 · targets_R int64 · label_rows_R int64 into T · segments · sample_rows: dataset row of each sequence ·
    num_labels: real labels · num_tokens: places that are not rounding.
    """

    inputs_T: torch.Tensor
    positions_T: torch.Tensor
    label_rows_R: torch.Tensor
    targets_R: torch.Tensor
    segments: SegmentPlan
    lengths: np.ndarray
    sample_rows: np.ndarray
    num_labels: int
    num_tokens: int

    def to(self, device: torch.device) -> FlatBatch:
        if device.type == "cpu":
            return self
        names = ("inputs_T", "positions_T", "label_rows_R", "targets_R")
        moved = {name: getattr(self, name).pin_memory().to(device, non_blocking=True) for name in names}
        return replace(self, segments=self.segments.to(device), **moved)


@dataclass(frozen=True)
class Window:
    """The micro-batches of one optimizer step, and the position after them."""

    batches: tuple[FlatBatch, ...]
    end: int

    @property
    def num_labels(self) -> int:
        return sum(batch.num_labels for batch in self.batches)

    @property
    def num_tokens(self) -> int:
        return sum(batch.num_tokens for batch in self.batches)

    @property
    def sample_rows(self) -> np.ndarray:
        return np.concatenate([batch.sample_rows for batch in self.batches])


class BatchStream:
    """Windows of a token store in seeded order.

    ``piece_tokens``: micro-batches go through the model in pieces of about so many tokens. The window and its loss stay the same, since
    the loss is a sum over the window's labels; only the memory for activations shrinks.
    """

    def __init__(self, store: Tokens, spec: Batch, *, seed: int, piece_tokens: int | None = None) -> None:
        self.store, self.spec, self.seed, self.piece_tokens = store, spec, seed, piece_tokens
        self.lengths = np.diff(store.offsets)
        self._order = lru_cache(maxsize=2)(self._permutation)

    def window(self, position: int, *, accumulation: int | None = None) -> Window:
        """The window that begins at ``position``."""
        batches = []
        for _ in range(accumulation or self.spec.gradient_accumulation_steps):
            sequences, position = self._take(position)
            for piece in self._pieces(sequences):
                batches.append(flat_batch(self.store, piece, round_to=self._round_to()))
        return Window(tuple(batches), position)

    def num_steps(self, num_epochs: float) -> int:
        """Optimizer steps in ``num_epochs`` passes, found by walking through the lengths."""
        end, position, steps = round(num_epochs * len(self.store)), 0, 0
        while position < end:
            for _ in range(self.spec.gradient_accumulation_steps):
                _, position = self._take(position)
            steps += 1
        return max(steps, 1)

    def epoch(self, position: int) -> float:
        return position / len(self.store)

    def _take(self, position: int) -> tuple[list[int], int]:
        """Sequence numbers of the next micro-batch and the position behind it."""
        if isinstance(self.spec, SequenceBatch):
            end = position + self.spec.micro_batch_size
            return [self._at(place) for place in range(position, end)], end
        taken: list[int] = []
        used = 0
        while True:
            sequence = self._at(position)
            places = int(self.lengths[sequence]) - 1
            if taken and used + places > self.spec.micro_batch_tokens:
                return taken, position
            taken.append(sequence)
            used += places
            position += 1

    def _pieces(self, sequences: list[int]) -> Iterator[list[int]]:
        if self.piece_tokens is None:
            yield sequences
            return
        places = self.lengths[sequences] - 1
        count = max(1, round(int(places.sum()) / self.piece_tokens))
        ends = np.cumsum(places) * count / places.sum()
        numbers = np.ceil(ends - 1e-9).astype(int)
        for number in np.unique(numbers):
            yield [sequence for sequence, its in zip(sequences, numbers, strict=True) if its == number]

    def _at(self, position: int) -> int:
        epoch, index = divmod(position, len(self.store))
        return int(self._order(epoch)[index])

    def _permutation(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.store))

    def _round_to(self) -> int:
        if self.piece_tokens is not None or isinstance(self.spec, SequenceBatch):
            return ROUND_TOKENS
        return self.spec.micro_batch_tokens


def in_order(store: Tokens, sequences: np.ndarray, *, max_tokens: int) -> Iterator[FlatBatch]:
    """Flat batches of these sequences in order, for measuring."""
    lengths = np.diff(store.offsets)
    taken: list[int] = []
    used = 0
    for sequence in sequences.tolist():
        places = int(lengths[sequence]) - 1
        if taken and used + places > max_tokens:
            yield flat_batch(store, taken)
            taken, used = [], 0
        taken.append(sequence)
        used += places
    if taken:
        yield flat_batch(store, taken)


def flat_batch(store: Tokens, sequences: list[int], *, round_to: int = ROUND_TOKENS) -> FlatBatch:
    """Lay sequences end to end; ``round_to`` is the multiple that the row's length is rounded up to."""
    spans = [(int(store.offsets[each]), int(store.offsets[each + 1])) for each in sequences]
    lengths = np.array([end - start - 1 for start, end in spans], dtype=np.int64)
    used = int(lengths.sum())
    total = -(-used // round_to) * round_to
    inputs, positions = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.int64)
    targets = np.full(total, IGNORE, dtype=np.int64)
    at = 0
    for (start, end), length in zip(spans, lengths.tolist(), strict=True):
        inputs[at : at + length] = store.tokens[start : end - 1]
        positions[at : at + length] = np.arange(length)
        labels = store.tokens[start + 1 : end].astype(np.int64)
        targets[at : at + length] = np.where(store.learned[start + 1 : end] != 0, labels, IGNORE)
        at += length
    rows = np.flatnonzero(targets != IGNORE)
    surplus = -len(rows) % ROUND_ROWS
    label_rows = np.concatenate([rows, np.zeros(surplus, dtype=np.int64)])
    row_targets = np.concatenate([targets[rows], np.full(surplus, IGNORE, dtype=np.int64)])
    whole = np.append(lengths, total - used) if total > used else lengths
    return FlatBatch(
        inputs_T=torch.from_numpy(inputs),
        positions_T=torch.from_numpy(positions),
        label_rows_R=torch.from_numpy(label_rows),
        targets_R=torch.from_numpy(row_targets),
        segments=SegmentPlan.from_lengths(whole),
        lengths=lengths,
        sample_rows=np.asarray(store.rows)[sequences],
        num_labels=len(rows),
        num_tokens=used,
    )
