"""Groups of rows that are joined by pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

Places = np.ndarray[Any, np.dtype[np.int64]]


class Clusters:
    """Union-find over ``count`` places; the smallest place of a group stands for it."""

    def __init__(self, count: int) -> None:
        self._parents: Places = np.arange(count)

    def __len__(self) -> int:
        return len(self._parents)

    @property
    def labels(self) -> Places:
        """For each place the smallest place of its group; do not write into it."""
        while True:
            above = self._parents[self._parents]
            if np.array_equal(above, self._parents):
                return self._parents
            self._parents = above

    def join(self, left: Places, right: Places) -> None:
        """Put each pair into one group."""
        roots = self.labels
        left, right = roots[left], roots[right]
        while len(left):
            low, high = np.minimum(left, right), np.maximum(left, right)
            np.minimum.at(self._parents, high, low)
            roots = self.labels
            left, right = roots[low], roots[high]
            apart = left != right
            left, right = left[apart], right[apart]

    def is_repeat(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """For each place whether a smaller place is in its group."""
        return np.not_equal(self.labels, np.arange(len(self)))

    def groups(self, smallest: int = 2) -> list[Places]:
        """Groups of at least ``smallest`` places, the largest first; places ascending."""
        labels = self.labels
        order = np.argsort(labels, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(labels[order]) != 0]) if len(order) else np.zeros(0, np.int64)
        parts = np.split(order, starts[1:])
        return sorted((part for part in parts if len(part) >= smallest), key=lambda part: (-len(part), part[0]))
