"""The shuffled stream: epoch e is a permutation drawn from (seed, e); place p holds group p mod n of epoch p div n."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tokenloom.training.order.mixture import Mixture


class Shuffle:
    """``num_groups`` groups again and again, each epoch in another order. With a ``mixture`` they are several datasets behind each other, and an epoch
    is one pass over the first."""

    def __init__(self, num_groups: int, *, seed: int, mixture: Mixture | None = None) -> None:
        self.seed, self.mixture = seed, mixture
        self.sizes = [num_groups] if mixture is None else mixture.sizes
        self._order = lru_cache(maxsize=2 * len(self.sizes))(self._permutation)

    @property
    def groups_of_epoch(self) -> int:
        return self.sizes[0]

    @property
    def num_changes(self) -> int:
        """How often the shares of a mixture were settled: what was found before another change may hold no longer."""
        return 0 if self.mixture is None else len(self.mixture.changes)

    def at(self, position: int) -> int:
        """Number of the group at this place."""
        part, number = (0, position) if self.mixture is None else self.mixture.at(position)
        epoch, index = divmod(number, self.sizes[part])
        group = int(self._order(epoch, part)[index])
        return group if self.mixture is None else self.mixture.group(part, group)

    def passed(self, position: int) -> int:
        """Groups of the run's own dataset before this place."""
        return position if self.mixture is None else self.mixture.drawn(position)

    def _permutation(self, epoch: int, part: int) -> np.ndarray:
        """Order of an epoch of a part: part 0 in the order that it has without others."""
        key = [self.seed, epoch, part] if part else [self.seed, epoch]
        return np.random.default_rng(key).permutation(self.sizes[part])
