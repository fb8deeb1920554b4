"""All 19 operations, one small function each, and the two tables that name them.

A function gets values and numbers that parsed; it returns a new value or raises :class:`Fault` with a text that reads
well behind the operation's own word: ``take`` + ``9 from 6``. Sizes are checked before anything large is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tokenloom_flowroll.language.errors import Fault
from tokenloom_flowroll.language.values import MAX_NUMBERS, Grid, Roll, Value, count_of, format_dims


@dataclass(frozen=True, slots=True)
class Operation:
    """One word of the language: how it is called and what it does."""

    word: str
    num_numbers: int
    """How many numbers follow the word; -1 means any count."""
    has_name: bool
    """Whether a name follows the word: the right-hand operand."""
    apply: Callable[..., Value]
    accepts: str = "roll grid"
    """Which values it can be applied to; sources take none."""


# --- sources ------------------------------------------------------------------------------------------------


def roll(*numbers: int) -> Value:
    return Roll(numbers)


def ramp(first: int, last: int) -> Value:
    if last < first:
        raise Fault("EMPTY", f"{first} to {last}")
    if last - first >= MAX_NUMBERS:
        raise Fault("SIZE", f"{first} to {last}")
    return Roll(tuple(range(first, last + 1)))


def fill(count: int, number: int) -> Value:
    if count < 1:
        raise Fault("EMPTY", f"{count} times {number}")
    if count > MAX_NUMBERS:
        raise Fault("SIZE", f"{count} times {number}")
    return Roll((number,) * count)


# --- each number --------------------------------------------------------------------------------------------


def add(value: Value, amount: int) -> Value:
    if isinstance(value, Roll):
        return Roll(tuple([number + amount for number in value.numbers]))
    return Grid(tuple([tuple([number + amount for number in row]) for row in value.rows]))


def mul(value: Value, factor: int) -> Value:
    if isinstance(value, Roll):
        return Roll(tuple([number * factor for number in value.numbers]))
    return Grid(tuple([tuple([number * factor for number in row]) for row in value.rows]))


# --- order and length along the outer dimension -------------------------------------------------------------


def rev(value: Value) -> Value:
    return _along(value, value.outer[::-1])


def sort(value: Value) -> Value:
    if isinstance(value, Roll):
        return Roll(tuple(sorted(value.numbers)))
    return Grid(tuple([tuple(sorted(row)) for row in value.rows]))


def take(value: Value, count: int) -> Value:
    if not 1 <= count <= value.dims[0]:
        raise Fault("SHORT", f"{count} from {format_dims(value.dims)}")
    return _along(value, value.outer[:count])


def drop(value: Value, count: int) -> Value:
    if not 0 <= count < value.dims[0]:
        raise Fault("SHORT", f"{count} from {format_dims(value.dims)}")
    return _along(value, value.outer[count:])


def pad(value: Value, length: int, number: int) -> Value:
    missing = length - value.dims[0]
    if missing < 0:
        raise Fault("SHORT", f"{format_dims(value.dims)} to {length}")
    if length * count_of(value.dims[1:] or (1,)) > MAX_NUMBERS:
        raise Fault("SIZE", f"{format_dims(value.dims)} to {length}")
    if isinstance(value, Roll):
        return Roll(value.numbers + (number,) * missing)
    return Grid(value.rows + ((number,) * value.dims[1],) * missing)


def spin(value: Value, count: int) -> Value:
    start = count % value.dims[0]
    return _along(value, value.outer[start:] + value.outer[:start])


def tile(value: Value, count: int) -> Value:
    if count < 1 or count * count_of(value.dims) > MAX_NUMBERS:
        raise Fault("SIZE", f"{format_dims(value.dims)} times {count}")
    return _along(value, value.outer * count)


# --- between rolls and grids --------------------------------------------------------------------------------


def fold(value: Value, columns: int) -> Value:
    if isinstance(value, Grid):
        raise Fault("NEEDROLL", f"on {format_dims(value.dims)}")
    numbers = value.numbers
    if columns < 1 or len(numbers) % columns:
        raise Fault("UNEVEN", f"{len(numbers)} by {columns}")
    return Grid(tuple([numbers[start : start + columns] for start in range(0, len(numbers), columns)]))


def flat(value: Value) -> Value:
    return Roll(tuple(chain.from_iterable(_grid(value).rows)))


def turn(value: Value) -> Value:
    return Grid(tuple(zip(*_grid(value).rows, strict=True)))


def total(value: Value) -> Value:
    if isinstance(value, Roll):
        return Roll((sum(value.numbers),))
    return Roll(tuple(map(sum, value.rows)))


# --- two values ---------------------------------------------------------------------------------------------


def plus(value: Value, other: Value) -> Value:
    return _pairwise(value, other, 1)


def minus(value: Value, other: Value) -> Value:
    return _pairwise(value, other, -1)


def join(value: Value, other: Value) -> Value:
    if type(value) is not type(other) or value.dims[1:] != other.dims[1:]:
        raise _mismatch("DIMMATCH", value, other)
    if count_of(value.dims) + count_of(other.dims) > MAX_NUMBERS:
        raise _mismatch("SIZE", value, other)
    return _along(value, value.outer + other.outer)


def _pairwise(value: Value, other: Value, sign: int) -> Value:
    if value.dims != other.dims:
        raise _mismatch("DIMMATCH", value, other)
    if isinstance(value, Roll) and isinstance(other, Roll):
        return Roll(_row_sum(value.numbers, other.numbers, sign))
    pairs = zip(_grid(value).rows, _grid(other).rows, strict=True)
    return Grid(tuple([_row_sum(left, right, sign) for left, right in pairs]))


def _row_sum(left: tuple[int, ...], right: tuple[int, ...], sign: int) -> tuple[int, ...]:
    return tuple([a + sign * b for a, b in zip(left, right, strict=True)])


def _grid(value: Value) -> Grid:
    if isinstance(value, Roll):
        raise Fault("NEEDGRID", f"on {format_dims(value.dims)}")
    return value


def _mismatch(kind: str, value: Value, other: Value) -> Fault:
    return Fault(kind, f"{format_dims(value.dims)} with {format_dims(other.dims)}")


def _along(value: Value, parts: tuple[Any, ...]) -> Value:
    """A value of the same kind with other parts along the outer dimension."""
    return Roll(parts) if isinstance(value, Roll) else Grid(parts)


SOURCES: dict[str, Operation] = {
    operation.word: operation
    for operation in (
        Operation("roll", -1, False, roll, ""),
        Operation("ramp", 2, False, ramp, ""),
        Operation("fill", 2, False, fill, ""),
    )
}

STEPS: dict[str, Operation] = {
    operation.word: operation
    for operation in (
        Operation("add", 1, False, add),
        Operation("mul", 1, False, mul),
        Operation("rev", 0, False, rev),
        Operation("sort", 0, False, sort),
        Operation("take", 1, False, take),
        Operation("drop", 1, False, drop),
        Operation("pad", 2, False, pad),
        Operation("spin", 1, False, spin),
        Operation("tile", 1, False, tile),
        Operation("fold", 1, False, fold, "roll"),
        Operation("flat", 0, False, flat, "grid"),
        Operation("turn", 0, False, turn, "grid"),
        Operation("sum", 0, False, total),
        Operation("plus", 0, True, plus),
        Operation("minus", 0, True, minus),
        Operation("join", 0, True, join),
    )
}
