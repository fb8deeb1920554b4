"""Which split each row belongs to: by a hash of what it says, by a draw with exact counts, or by a column."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import numpy as np

from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import Spec
from tokenloom.spec.data import ColumnSplit, RatioSplit

NAMES = ("train", "validation", "test")
_ALIASES = {
    "train": 0, "training": 0, "tr": 0,
    "validation": 1, "valid": 1, "val": 1, "dev": 1, "development": 1, "eval": 1,
    "test": 2, "testing": 2, "heldout": 2, "held-out": 2,
}  # fmt: skip
Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Choice = np.ndarray[Any, np.dtype[np.int8]]


@functools.singledispatch
def assign_splits(spec: Spec, hashes: Hashes, values: list[str]) -> tuple[Choice, list[str]]:
    """For each row the index of its split in :data:`NAMES`, and notes for the report.

    ``hashes``: content of each row; ``values``: what a split column says, empty lists where there is none.
    """
    raise DataError(f"There is no split of kind {type(spec).__name__}.", hint="Use ratio or column.")


@assign_splits.register
def _by_ratio(spec: RatioSplit, hashes: Hashes, values: list[str]) -> tuple[Choice, list[str]]:
    shares = np.array([spec.train, spec.validation, spec.test])
    if spec.method == "random":
        return _drawn(shares, len(hashes), spec.seed), []
    places = _places(hashes, spec.seed)
    bounds = np.cumsum(shares)
    last = int(np.flatnonzero(shares)[-1])
    choice = np.minimum(np.searchsorted(bounds, places, side="right"), last).astype(np.int8)
    return _with_none_empty(choice, shares, places)


@assign_splits.register
def _by_column(spec: ColumnSplit, hashes: Hashes, values: list[str]) -> tuple[Choice, list[str]]:
    known = [_ALIASES.get(value.strip().lower(), -1) for value in values]
    unknown = Counter(value for value, place in zip(values, known, strict=True) if place < 0)
    if unknown:
        value, count = unknown.most_common(1)[0]
        near = nearest(value.lower(), _ALIASES, count=1)
        raise DataError(
            f"The column “{spec.column}” says “{value[:60]}” in {count} rows, which is no split"
            + (f" ({len(unknown) - 1} other values are none either)." if len(unknown) > 1 else "."),
            hint=f"Did you mean “{near[0]}”?" if near else "Write train, validation or test in it, or split by ratio.",
            values=dict(unknown.most_common(20)),
        )
    return np.array(known, dtype=np.int8), []


def _places(hashes: Hashes, seed: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A place in [0, 1) for each content, by the splitmix64 finaliser."""
    mixed = hashes ^ np.uint64(int(content_id("split", seed), 16))
    with np.errstate(over="ignore"):
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _drawn(shares: np.ndarray[Any, Any], num_rows: int, seed: int) -> Choice:
    """Exact counts by largest remainder, in an order that the seed draws; no wanted split stays empty if rows suffice."""
    exact = shares * num_rows
    counts = np.floor(exact).astype(int)
    for place in np.argsort(counts - exact)[: num_rows - counts.sum()]:
        counts[place] += 1
    for place in np.flatnonzero((shares > 0) & (counts == 0)):
        if counts.max() > 1:
            counts[counts.argmax()] -= 1
            counts[place] += 1
    choice = np.repeat(np.arange(3, dtype=np.int8), counts)
    np.random.default_rng(seed).shuffle(choice)
    return choice


def _with_none_empty(
    choice: Choice, shares: np.ndarray[Any, Any], places: np.ndarray[Any, Any]
) -> tuple[Choice, list[str]]:
    """Move the nearest content into each wanted split that got none, where there are at least three contents."""
    notes: list[str] = []
    if len(np.unique(places)) < 3:
        return choice, notes
    bounds = np.concatenate([[0.0], np.cumsum(shares)])
    for place in np.flatnonzero(shares > 0):
        if (choice == place).any():
            continue
        rich = [each for each in range(3) if len(np.unique(places[choice == each])) > 1]
        able = np.isin(choice, rich)
        middle = (bounds[place] + bounds[place + 1]) / 2
        distance = np.where(able, np.abs(places - middle), np.inf)
        moved = places == places[distance.argmin()]
        choice[moved] = place
        notes.append(f"The split {NAMES[place]} got no row by its share; {int(moved.sum())} row(s) were moved into it.")
    return choice, notes
