"""Which split each row belongs to: by what it says, by a draw with exact counts, by class, group, time, file, or a column."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from tokenloom.data.filearray import Numbers, blocks_of
from tokenloom.data.splitting.cutting import cut, places_of
from tokenloom.data.splitting.said import MOST_NAMES, OTHER, Said
from tokenloom.kit.errors import DataError
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import Spec
from tokenloom.spec.split import (
    ColumnSplit,
    CountSplit,
    FilesSplit,
    GroupedSplit,
    RatioSplit,
    StratifiedSplit,
    TimeSplit,
)

NAMES = ("train", "validation", "test")
_ALIASES = {
    "train": 0, "training": 0, "tr": 0,
    "validation": 1, "valid": 1, "val": 1, "dev": 1, "development": 1, "eval": 1,
    "test": 2, "testing": 2, "heldout": 2, "held-out": 2,
}  # fmt: skip
Choice = np.ndarray[Any, np.dtype[np.int8]]
MOST_NOTES = 20


def split_column(spec: Spec, mapping: Spec) -> str | None:
    """The column that ``spec`` looks at, if it looks at one; :class:`DataError` where it wants the class and there is none."""
    column: str | None = getattr(spec, "column", None)
    if column is None and isinstance(spec, StratifiedSplit):
        column = getattr(mapping, "label", None)
        if column is None:
            raise DataError("The rows have no class to keep the shares of.", hint="Name a column: split.column=COLUMN.")
    return column


def assign_splits(spec: Spec, hashes: Numbers, values: Said | Iterable[str]) -> tuple[Choice, list[str]]:
    """For each row the index of its split in :data:`NAMES`, and notes for the report.

    ``hashes``: content of each row; ``values``: what :func:`split_column` says in each row, or the row's file for
    :class:`FilesSplit`; empty where the split looks at neither. By shares of a hash, the usual way, one byte a row is held; splits by
    count, class, group and time hold some tens of bytes a row, however long the texts are.
    """
    return _assigned(spec, hashes, values if isinstance(values, Said) else Said(spec, values))


@functools.singledispatch
def _assigned(spec: Spec, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    raise DataError(f"There is no split of kind {type(spec).__name__}.", hint="Use ratio or column.")


@_assigned.register
def _by_ratio(spec: RatioSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    shares = np.array([spec.train, spec.validation, spec.test])
    if spec.method == "random":
        return _drawn(shares, len(hashes), spec.seed), []
    bounds = np.cumsum(shares)
    last = int(np.flatnonzero(shares)[-1])
    choice, done = np.empty(len(hashes), np.int8), 0
    for block in blocks_of(hashes):
        found = np.searchsorted(bounds, places_of(block, spec.seed), side="right")
        choice[done : done + len(block)] = np.minimum(found, last)
        done += len(block)
    if all((choice == place).any() for place in np.flatnonzero(shares > 0)):
        return choice, []
    return _with_none_empty(choice, shares, places_of(np.asarray(hashes), spec.seed))


@_assigned.register
def _by_column(spec: ColumnSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    known = [_ALIASES.get(name.strip().lower(), -1) for name in said.names]
    unknown = Counter({name: rows for name, rows in said.counts().items() if known[said.names[name]] < 0})
    if unknown:
        value, count = unknown.most_common(1)[0]
        near = nearest(value.lower(), _ALIASES, count=1)
        raise DataError(
            f"The column “{spec.column}” says “{value[:60]}” in {count} rows, which is no split"
            + (f" ({len(unknown) - 1} other values are none either)." if len(unknown) > 1 else "."),
            hint=f"Did you mean “{near[0]}”?" if near else "Write train, validation or test in it, or split by ratio.",
            values=dict(unknown.most_common(20)),
        )
    return np.array(known, dtype=np.int8)[said.numbers], []


@_assigned.register
def _by_count(spec: CountSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    wanted = spec.validation + spec.test
    if wanted >= len(hashes):
        raise DataError(
            f"There are {len(hashes)} rows; {wanted} for validation and test leave none to learn from.",
            hint="Ask for fewer, or split by ratio.",
        )
    choice = cut(places_of(np.asarray(hashes), spec.seed), [len(hashes) - wanted, spec.validation, spec.test])
    got = np.bincount(choice, minlength=3)
    notes = [
        f"The split {NAMES[place]} has {got[place]} rows, not {count}: equal rows stay together."
        for place, count in ((1, spec.validation), (2, spec.test))
        if got[place] != count
    ]
    return choice, notes


@_assigned.register
def _by_class(spec: StratifiedSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    places, shares = places_of(np.asarray(hashes), spec.seed), [spec.train, spec.validation, spec.test]
    choice = np.zeros(len(hashes), dtype=np.int8)
    notes: list[str] = []
    said_of = said.numbers
    if (said_of == OTHER).any():
        raise DataError(
            f"The column has more than {MOST_NAMES} different values; shares can be kept for at most so many.",
            hint="Name a column with classes in it, or split by ratio.",
        )
    order = np.argsort(said_of, kind="stable")
    ends = np.searchsorted(said_of, np.arange(len(said.names)), side="right", sorter=order)
    for label, place in sorted(said.names.items()):
        rows = order[ends[place - 1] if place else 0 : ends[place]]
        choice[rows] = cut(places[rows], _counts(np.array(shares), len(rows)))
        if len(rows) < sum(share > 0 for share in shares):
            notes.append(f"“{label[:60]}” has only {len(rows)} row(s), too few for every split.")
    return choice, notes[:MOST_NOTES]


@_assigned.register
def _by_group(spec: GroupedSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    groups = said.numbers.astype(np.uint64)
    alone = groups == 0
    groups[alone] = np.asarray(hashes)[alone]
    choice, notes = _by_ratio(
        RatioSplit(train=spec.train, validation=spec.validation, test=spec.test, seed=spec.seed), groups, said
    )
    if alone.any():
        notes.append(f"{int(alone.sum())} row(s) name no {spec.column}; each is a group of its own.")
    largest = np.unique(groups, return_counts=True)[1].max(initial=0)
    if largest > len(groups) / 2:
        notes.append(f"One {spec.column} holds {largest / len(groups):.0%} of all rows; the shares cannot be kept.")
    return choice, notes


@_assigned.register
def _by_time(spec: TimeSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    if said.num_unreadable:
        raise DataError(
            f"The column “{spec.column}” holds no time in {said.num_unreadable} rows, for example “{said.unreadable[0][1]}”.",
            hint="Write times as 2026-03-01 or 2026-03-01T12:00:00Z, or as seconds since 1970.",
            rows=[place + 1 for place, _ in said.unreadable],
        )
    return cut(said.numbers, _counts(np.array([spec.train, spec.validation, spec.test]), len(said))), []


@_assigned.register
def _by_file(spec: FilesSplit, hashes: Numbers, said: Said) -> tuple[Choice, list[str]]:
    found = {name: _split_of(name) for name in said.names}
    unknown = sorted(name for name, place in found.items() if place < 0)
    if unknown:
        raise DataError(
            f"The name of {unknown[0]} says no split"
            + (f" ({len(unknown) - 1} others neither)." if len(unknown) > 1 else "."),
            hint="Put train, validation or test into the name of each file or its folder, or split by ratio.",
            files=unknown[:20],
        )
    return np.array(list(found.values()), dtype=np.int8)[said.numbers], []


def _split_of(name: str) -> int:
    """By the file's own name first, then by its folders from the inside out; words are cut at all that is no letter."""
    for part in reversed(PurePosixPath(name).parts):
        words = "".join(letter if letter.isalpha() else " " for letter in part.lower()).split()
        places = {_ALIASES[word] for word in words if word in _ALIASES}
        if len(places) == 1:
            return places.pop()
    return -1


def _drawn(shares: np.ndarray[Any, Any], num_rows: int, seed: int) -> Choice:
    """Exact counts by largest remainder, in an order that the seed draws; no wanted split stays empty if rows suffice."""
    choice = np.repeat(np.arange(3, dtype=np.int8), _counts(shares, num_rows))
    np.random.default_rng(seed).shuffle(choice)
    return choice


def _counts(shares: np.ndarray[Any, Any], num_rows: int) -> list[int]:
    exact = shares * num_rows
    counts = np.floor(exact + 1e-9).astype(int)
    for place in np.argsort(counts - exact)[: num_rows - counts.sum()]:
        counts[place] += 1
    for place in np.flatnonzero((shares > 0) & (counts == 0)):
        if counts.max() > 1:
            counts[counts.argmax()] -= 1
            counts[place] += 1
    return [int(count) for count in counts]


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
