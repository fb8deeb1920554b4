"""Points of many series folded into the buckets of one shared grid, with the true extremes of each bucket.

NaN is counted apart: it never hides a minimum or a maximum and never enters a mean. Inf is a value like any other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokenloom.tracking.decode import Floats

LEVELS = (64, 512, 4096, 32768)  # rows in one summary of a sealed column
MAX_WIDENING = 1.25
Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Buckets ``[start + i·width, start + (i+1)·width)`` for ``i < count``, clipped to ``low ≤ x ≤ high``."""

    start: float
    width: float
    count: int
    low: float
    high: float

    def edges(self) -> Floats:
        """Left edges of all buckets."""
        return self.start + self.width * np.arange(self.count, dtype=np.float64)

    def bucket(self, x: Numbers) -> npt.NDArray[np.intp]:
        """Number of the bucket of each ``x``; by the edges, so that no rounding can disagree with :func:`fold`."""
        return np.searchsorted(self.edges(), x, side="right") - 1


@dataclass(slots=True)
class Atoms:
    """What is folded: points, or summaries of neighbouring points, in x order.

    ``x`` is the first x of each; ``count`` its points that are numbers, ``nan`` those that are not. ``low`` and
    ``high`` are +Inf and -Inf where there is no number.
    """

    x: Floats
    low: Floats
    high: Floats
    total: Floats
    last: Floats
    count: Floats
    nan: Floats

    @classmethod
    def of_points(cls, x: Numbers, values: Floats) -> Atoms:
        bad = np.isnan(values)
        x = x.astype(np.float64, copy=False)
        if not bad.any():
            ones, none = np.ones(len(values)), np.zeros(len(values))
            return cls(x, values, values, values, values, ones, none)
        low, high = np.where(bad, np.inf, values), np.where(bad, -np.inf, values)
        nan = bad.astype(np.float64)
        return cls(x, low, high, np.where(bad, 0.0, values), values, 1.0 - nan, nan)

    @classmethod
    def join(cls, parts: list[Atoms]) -> Atoms:
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))


@dataclass(slots=True)
class Buckets:
    """Non-empty buckets of one series: ``x`` is the first x in each, ``mean`` is over numbers, ``last`` may be NaN."""

    x: Floats
    low: Floats
    high: Floats
    mean: Floats
    last: Floats
    count: Floats
    nan: Floats

    @classmethod
    def of_points(cls, x: Floats, values: Floats) -> Buckets:
        """Every point a bucket of its own."""
        bad = np.isnan(values).astype(np.float64)
        return cls(x, values, values, values, values, 1.0 - bad, bad)


def fold(atoms: Atoms, grid: Grid) -> Buckets:
    """Fold ``atoms`` (sorted by x, all inside the grid's range) into the grid's buckets; empty ones are left out."""
    firsts, lasts = _spans(atoms.x, grid)
    if not len(firsts):
        return Buckets(*(np.empty(0) for _ in range(7)))
    low, high = np.minimum.reduceat(atoms.low, firsts), np.maximum.reduceat(atoms.high, firsts)
    count, nan = np.add.reduceat(atoms.count, firsts), np.add.reduceat(atoms.nan, firsts)
    empty = count == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(atoms.total, firsts) / count
    low, high = np.where(empty, np.nan, low), np.where(empty, np.nan, high)
    return Buckets(atoms.x[firsts], low, high, mean, atoms.last[lasts], count, nan)


def fold_points(x: Floats, values: Floats, grid: Grid) -> Buckets:
    """:func:`fold` for points; quicker where none of them is NaN."""
    firsts, lasts = _spans(x, grid)
    if not len(firsts) or np.isnan(values).any():
        return fold(Atoms.of_points(x, values), grid)
    low, high = np.minimum.reduceat(values, firsts), np.maximum.reduceat(values, firsts)
    count = (lasts - firsts + 1).astype(np.float64)
    with np.errstate(invalid="ignore"):
        mean = np.add.reduceat(values, firsts) / count
    return Buckets(x[firsts], low, high, mean, values[lasts], count, np.zeros(len(firsts)))


def _spans(x: Floats, grid: Grid) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Index of the first and of the last x in each bucket that is not empty."""
    firsts = np.searchsorted(x, grid.edges(), side="left")
    following = np.append(firsts[1:], len(x))
    is_full = following > firsts
    return firsts[is_full], following[is_full] - 1


def grid_over(low: float, high: float, px: int, *, whole: bool, stride: int = 0, origin: int = 0) -> Grid:
    """At most ``px + 1`` buckets over ``low ≤ x ≤ high``.

    ``whole`` is for axes of whole numbers (steps): the width is one too. ``stride`` and ``origin`` describe sealed rows:
    where a bucket is wider than a summary of them, it is made a little wider still, to hold whole summaries.
    """
    if not whole:
        width = (high - low) / px
        if not width > 0 or low + width == low:
            return Grid(low, 1.0, 1, low, high)
        return Grid(low, width, px + 1, low, high)
    width = max(1, math.ceil((high - low + 1) / px))
    start = int(low)
    for size in reversed(LEVELS):
        wider = math.ceil(width / (size * stride)) * size * stride if stride else 0
        if wider and width >= size * stride and wider <= MAX_WIDENING * width:
            width, start = wider, origin + (start - origin) // (size * stride) * size * stride
            break
    return Grid(start, width, int((high - start) // width) + 1, low, high)
