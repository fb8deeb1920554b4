"""Length bucketing: micro-batches of like length, as a pure function of (seed, place).

The shuffled stream is cut into *stretches* of many micro-batches. The groups of a stretch are sorted by length and cut into micro-batches, and those are
shuffled. A stretch ends where an epoch ends, so an epoch still has each row once; and one that has begun stays as it is, so other shares of a mixture hold
from the next one on.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from functools import lru_cache

import numpy as np

from tokenloom.spec.training.batch import Batch, SequenceBatch
from tokenloom.training.order.shuffle import Shuffle

FEWEST, MOST = 8, 64  # micro-batches of a stretch: more sort better, fewer shuffle better
STRETCHES = 4  # of an epoch, so that other rows meet in each one, unless they would be shorter than the fewest
KEY = 0x6275636B  # apart from other draws of the same seed

Run = list[int]
"""Groups of one micro-batch."""


class Buckets:
    """``lengths``: places of each group. A micro-batch is a run of groups that stand side by side when sorted."""

    def __init__(self, spec: Batch, lengths: np.ndarray, shuffle: Shuffle) -> None:
        self.spec, self.lengths, self.shuffle = spec, lengths, shuffle
        self.size = self._size_of_stretch()
        self._arranged = lru_cache(maxsize=2)(self._arrange)
        self._near = (0, 0, 0)

    def take(self, position: int) -> tuple[Run, int]:
        """The micro-batch that stands at ``position``, without what lies before, and the position behind it."""
        start, end = self._stretch(position)
        runs, ends = self._arranged(start, end, self.shuffle.num_changes)
        number = bisect_right(ends, position - start)
        left = start + ends[number] - position
        return runs[number][-left:], position + left

    def next_stretch(self, position: int) -> int:
        """The first place from ``position`` on that no stretch which has begun holds."""
        start, end = self._stretch(position)
        return position if position == start else end

    def _stretch(self, position: int) -> tuple[int, int]:
        """Where the stretch begins and ends that holds this place."""
        start, end, changes = self._near
        if changes != self.shuffle.num_changes or not start <= position < end:
            passed, size = self.shuffle.passed, self.shuffle.groups_of_epoch
            epoch = passed(position) // size
            begin = bisect_left(range(position), epoch * size, key=passed)
            start = position - (position - begin) % self.size
            end = start + self.size
            end = bisect_left(range(end), (epoch + 1) * size, lo=start + 1, key=passed)
            self._near = (start, end, self.shuffle.num_changes)
        return start, end

    def _size_of_stretch(self) -> int:
        """Groups of a stretch: whole micro-batches, and no stretch of an epoch much shorter than the others."""
        is_counted = isinstance(self.spec, SequenceBatch)
        at_once = self.spec.micro_batch_size if is_counted else self.spec.micro_batch_tokens / self.lengths.mean()
        micro_batches = self.shuffle.groups_of_epoch / max(at_once, 1)
        wanted = min(max(micro_batches / STRETCHES, FEWEST), MOST)
        count = max(1, round(micro_batches / wanted))
        return round(math.ceil(micro_batches / count) * max(at_once, 1))

    def _arrange(self, start: int, end: int, _changes: int) -> tuple[list[Run], list[int]]:
        """The micro-batches of a stretch in their order, and where each ends, from its start."""
        groups = np.array([self.shuffle.at(position) for position in range(start, end)])
        groups = groups[np.argsort(self.lengths[groups], kind="stable")]
        runs = [run.tolist() for run in np.split(groups, self._cuts(self.lengths[groups]))]
        order = np.random.default_rng([self.shuffle.seed, KEY, start]).permutation(len(runs))
        runs = [runs[number] for number in order]
        return runs, np.cumsum([len(run) for run in runs]).tolist()

    def _cuts(self, lengths: np.ndarray) -> np.ndarray:
        """Where sorted groups of these lengths are cut: into as few micro-batches as can be, and those about as large as each other."""
        if isinstance(self.spec, SequenceBatch):
            count = -(-len(lengths) // self.spec.micro_batch_size)
            return np.arange(1, count) * len(lengths) // count
        ends, most = np.cumsum(lengths), self.spec.micro_batch_tokens
        fewest = len(_filled(ends, most))
        least = bisect_left(range(most), -fewest, key=lambda budget: -len(_filled(ends, budget)))
        return np.array(_filled(ends, least), dtype=int)


def _filled(ends: np.ndarray, budget: int) -> list[int]:
    """Where groups with these cumulative lengths are cut if each micro-batch takes what fits into ``budget``; one that is longer goes alone."""
    cuts: list[int] = []
    at = max(1, int(np.searchsorted(ends, budget, side="right")))
    while at < len(ends):
        cuts.append(at)
        at = max(at + 1, int(np.searchsorted(ends, ends[at - 1] + budget, side="right")))
    return cuts
