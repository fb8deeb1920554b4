"""Several datasets in one endless stream: which part each place comes from, as a pure function of (seed, shares, place).

A draw decides for each place (a uniform number from seed and place against the shares that hold there), so that shares may change while a
run trains: what was drawn before stays as it was. Part 0 is the dataset of the run, which gets what the shares of the others leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

BLOCK = 4096
PART = 1 << 40
"""Rows of part ``k`` are numbered from ``k * PART`` on, so that a number still tells one row of one dataset."""

Change = list[Any]
"""``[position, [share, …]]``: from this place on these are the shares of parts 1, 2, …"""


class Mixture:
    """``sizes``: groups of each part. ``changes`` is read anew at every question and may grow at its end; places before a change keep theirs."""

    def __init__(self, sizes: Sequence[int], *, seed: int, changes: list[Change]) -> None:
        self.sizes, self.seed, self.changes = list(sizes), seed, changes
        self._first = np.concatenate([[0], np.cumsum(self.sizes)])
        self._blocks: dict[int, np.ndarray] = {}
        self._counts: list[np.ndarray] = [np.zeros(len(self.sizes), dtype=np.int64)]
        self._known: list[Change] = []

    def at(self, position: int) -> tuple[int, int]:
        """The part of this place, and how many places before it came from the same part."""
        self._refresh()
        number, place = divmod(position, BLOCK)
        block = self._block(number)
        part = int(block[place])
        return part, int(self._before(number)[part] + np.count_nonzero(block[:place] == part))

    def drawn(self, position: int, part: int = 0) -> int:
        """Places of ``part`` before ``position``."""
        self._refresh()
        number, place = divmod(position, BLOCK)
        return int(self._before(number)[part] + np.count_nonzero(self._block(number)[:place] == part))

    def group(self, part: int, number: int) -> int:
        """Number of a part's group among the groups of all."""
        return int(self._first[part]) + number

    def _block(self, number: int) -> np.ndarray:
        if number not in self._blocks:
            uniform = np.random.default_rng([self.seed, 0x6D6978, number]).random(BLOCK)
            start = number * BLOCK
            block = np.zeros(BLOCK, dtype=np.int8)
            for position, shares in self.changes:
                if position < start + BLOCK:
                    behind = slice(max(position - start, 0), None)
                    edges = np.cumsum(shares)
                    part = np.searchsorted(edges, uniform[behind], side="right") + 1
                    block[behind] = np.where(part > len(shares), 0, part)
            if len(self._blocks) > 64:
                self._blocks.clear()
            self._blocks[number] = block
        return self._blocks[number]

    def _before(self, number: int) -> np.ndarray:
        """Places of each part before block ``number``."""
        while len(self._counts) <= number:
            block = self._block(len(self._counts) - 1)
            self._counts.append(self._counts[-1] + np.bincount(block, minlength=len(self.sizes)))
        return self._counts[number]

    def _refresh(self) -> None:
        """Forget what a new change made wrong."""
        if self.changes == self._known:
            return
        self._known = deepcopy(self.changes)
        self._blocks.clear()
        del self._counts[1:]


def place_of(row: int) -> tuple[int, int]:
    """Part and row in its dataset of a joined store's row number."""
    return divmod(row, PART)
