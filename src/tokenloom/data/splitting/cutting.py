"""Orders of rows, and cutting an order so that what is equal stays on one side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tokenloom.kit.ids import content_id

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.float64]]


def places_of(hashes: Hashes, seed: int) -> Places:
    """A place in [0, 1) for each content, by the splitmix64 finaliser."""
    mixed = hashes ^ np.uint64(int(content_id("split", seed), 16))
    with np.errstate(over="ignore"):
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def cut(places: Places, counts: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int8]]:
    """The number of its part for each row, parts being ``counts`` rows long in the order of ``places``.

    Rows at the same place stay together: a border inside them moves to their nearer end, and a part that is wanted keeps a place as
    long as there are enough of them.
    """
    order = np.argsort(places, kind="stable")
    sorted_places = places[order]
    starts = np.flatnonzero(np.diff(sorted_places, prepend=-np.inf))  # first row of each place
    ends = np.append(starts[1:], len(places))
    part = np.zeros(len(places), dtype=np.int8)
    least = 0
    for number, border in enumerate(np.cumsum(counts[:-1])):
        later = sum(count > 0 for count in counts[number + 1 :])
        at = 0 if border == 0 else _nearest(ends, int(border))
        at = max(at, least + 1 if counts[number] > 0 else least)
        at = max(least, min(at, len(starts) - later))
        least = at
        part[int(starts[at]) if at < len(starts) else len(places) :] = number + 1
    assigned = np.empty_like(part)
    assigned[order] = part
    return assigned


def _nearest(ends: np.ndarray[Any, Any], border: int) -> int:
    """How many places lie before ``border``, moved to the nearer end of the place that it cuts."""
    at = int(np.searchsorted(ends, border))
    if at >= len(ends) or ends[at] == border:
        return min(at + 1, len(ends))
    before = int(ends[at - 1]) if at else 0
    return at if border - before <= ends[at] - border else at + 1
