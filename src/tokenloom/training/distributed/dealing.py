"""Who takes which rows of a window.

The rows of a window are dealt out in order, in as many micro-batches for each rank as the window has for one process, divided by the ranks; each of about as
many tokens. Every rank knows all shares, so nobody has to ask. Where a rank has fewer micro-batches than another, it goes along with the
window's shortest row, whose loss counts nothing: collectives wait for everyone.
"""

from __future__ import annotations

import numpy as np

Groups = list[int]
Micro = list[Groups]


def deal(window: Micro, places: np.ndarray, world: int, *, may_cut: bool) -> list[Micro]:
    """The micro-batches of each rank. ``window``: groups of each micro-batch; ``places``: length of each group of the store."""
    if not may_cut:
        return [[window[number] for number in part] for part in np.array_split(np.arange(len(window)), world)]
    count = -(-len(window) // world)
    parts = evenly_cut([group for groups in window for group in groups], places, world * count)
    return [[part for part in parts[rank * count : (rank + 1) * count] if part] for rank in range(world)]


def evenly_cut(groups: Groups, places: np.ndarray, count: int) -> Micro:
    """``groups`` in ``count`` runs of about as many places each; some may be empty."""
    parts: Micro = [[] for _ in range(count)]
    ends = np.cumsum(places[groups])
    middles = ends - places[groups] / 2
    for group, number in zip(groups, (middles * count / ends[-1]).astype(int), strict=True):
        parts[min(int(number), count - 1)].append(group)
    return parts


def shortest(window: Micro, places: np.ndarray) -> Groups:
    """What goes along without counting."""
    return [min((group for groups in window for group in groups), key=lambda group: int(places[group]))]
