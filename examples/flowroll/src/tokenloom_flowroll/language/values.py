"""Rolls and grids: the only two values. An instance that exists is valid, so nobody has to check it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tokenloom_flowroll.language.errors import Fault

MAX_NUMBERS = 256
MAX_MAGNITUDE = 9999

Dims: TypeAlias = tuple[int, ...]
"""``(n,)`` of a roll, ``(rows, columns)`` of a grid."""


@dataclass(frozen=True, slots=True)
class Roll:
    """1 to 256 whole numbers within ±9999."""

    numbers: tuple[int, ...]

    def __post_init__(self) -> None:
        numbers = self.numbers
        if not numbers:
            raise Fault("EMPTY", "gives nothing")
        check_size(len(numbers))
        _check_range(max(numbers), min(numbers))

    @property
    def outer(self) -> tuple[int, ...]:
        """What runs along the outer dimension: the numbers."""
        return self.numbers

    @property
    def dims(self) -> Dims:
        return (len(self.numbers),)

    def __str__(self) -> str:
        return "roll " + _spaced(self.numbers)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of equal length, 1 to 256 whole numbers within ±9999 in all."""

    rows: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        rows = self.rows
        if not rows or not rows[0]:
            raise Fault("EMPTY", "gives nothing")
        width = len(rows[0])
        for row in rows:
            if len(row) != width:
                raise Fault("UNEVEN", f"rows of {width} and {len(row)}")
        check_size(width * len(rows))
        _check_range(max(map(max, rows)), min(map(min, rows)))

    @property
    def outer(self) -> tuple[tuple[int, ...], ...]:
        """What runs along the outer dimension: the rows."""
        return self.rows

    @property
    def dims(self) -> Dims:
        return (len(self.rows), len(self.rows[0]))

    def __str__(self) -> str:
        return "grid " + " / ".join(map(_spaced, self.rows))


Value: TypeAlias = Roll | Grid


def format_dims(dims: Dims) -> str:
    """``6`` or ``2 by 3``."""
    return " by ".join(map(str, dims))


def count_of(dims: Dims) -> int:
    """How many numbers a value of these dims holds."""
    return dims[0] if len(dims) == 1 else dims[0] * dims[1]


def check_size(count: int) -> None:
    """:class:`Fault` SIZE above 256 numbers."""
    if count > MAX_NUMBERS:
        raise Fault("SIZE", f"gives {count} numbers")


def _check_range(highest: int, lowest: int) -> None:
    if highest > MAX_MAGNITUDE or lowest < -MAX_MAGNITUDE:
        raise Fault("RANGE", f"gives {highest if highest > MAX_MAGNITUDE else lowest}")


def _spaced(numbers: tuple[int, ...]) -> str:
    return " ".join(map(str, numbers))
