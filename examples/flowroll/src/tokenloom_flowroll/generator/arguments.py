"""Numbers for the operations: those that fit the dims at hand, forwards, and those that reach given dims, backwards."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tokenloom_flowroll.generator.phrases import between, pick
from tokenloom_flowroll.language.values import Dims, Grid, Roll, Value

MAX_OUTER = 12
"""No value of a task is longer than this along its outer dimension."""

Numbers: TypeAlias = tuple[int, ...] | None
"""Arguments of a step; ``None`` where no number fits."""


def _from_two(rng: Random, dims: Dims) -> Numbers:
    return (between(rng, 1, dims[0] - 1),) if dims[0] > 1 else None


def _pad(rng: Random, dims: Dims) -> Numbers:
    n = dims[0]
    return (between(rng, n + 1, min(MAX_OUTER, n + 4)), between(rng, 0, 9)) if n < MAX_OUTER else None


def _tile(rng: Random, dims: Dims) -> Numbers:
    most = min(4, MAX_OUTER // dims[0])
    return (between(rng, 2, most),) if most >= 2 else None


def _fold(rng: Random, dims: Dims) -> Numbers:
    columns = _DIVISORS[dims[0]]
    return (pick(rng, columns),) if columns else None


_DIVISORS = [[c for c in range(2, n + 1) if n % c == 0] if n else [] for n in range(MAX_OUTER * MAX_OUTER + 1)]

_FORWARD: dict[str, Callable[[Random, Dims], Numbers]] = {
    "add": lambda rng, _: (between(rng, 1, 9),),
    "mul": lambda rng, _: (between(rng, 2, 5),),
    "take": _from_two,
    "drop": _from_two,
    "spin": _from_two,
    "pad": _pad,
    "tile": _tile,
    "fold": _fold,
}


def fitting_numbers(rng: Random, word: str, dims: Dims) -> Numbers:
    """Arguments for ``word`` on a value of ``dims``; ``()`` for a step that takes none."""
    draw = _FORWARD.get(word)
    return draw(rng, dims) if draw else ()


Before: TypeAlias = tuple[Dims, tuple[int, ...]] | None
"""Dims before a step, and its arguments; ``None`` where the step cannot end at the wanted dims."""


def _longer(rng: Random, wanted: Dims) -> Dims:
    return (between(rng, wanted[0] + 1, min(wanted[0] + 3, MAX_OUTER)), *wanted[1:])


def _before_take(rng: Random, wanted: Dims) -> Before:
    return (_longer(rng, wanted), (wanted[0],)) if wanted[0] < MAX_OUTER else None


def _before_drop(rng: Random, wanted: Dims) -> Before:
    if wanted[0] == MAX_OUTER:
        return None
    start = _longer(rng, wanted)
    return start, (start[0] - wanted[0],)


def _before_pad(rng: Random, wanted: Dims) -> Before:
    n = wanted[0]
    return ((between(rng, max(2, n - 4), n - 1), *wanted[1:]), (n, between(rng, 0, 9))) if n > 2 else None


def _before_tile(rng: Random, wanted: Dims) -> Before:
    counts = [count for count in (2, 3, 4) if wanted[0] % count == 0 and wanted[0] // count >= 2]
    if not counts:
        return None
    count = pick(rng, counts)
    return (wanted[0] // count, *wanted[1:]), (count,)


def _before_flat(rng: Random, wanted: Dims) -> Before:
    columns = [c for c in _DIVISORS[wanted[0]] if wanted[0] // c >= 2]
    if not columns:
        return None
    c = pick(rng, columns)
    return (wanted[0] // c, c), ()


def _before_fold(_: Random, wanted: Dims) -> Before:
    count = wanted[0] * wanted[1]
    return ((count,), (wanted[1],)) if count <= MAX_OUTER else None


_BACKWARD: dict[str, Callable[[Random, Dims], Before]] = {
    "take": _before_take,
    "drop": _before_drop,
    "pad": _before_pad,
    "tile": _before_tile,
    "flat": _before_flat,
    "fold": _before_fold,
    "turn": lambda _, wanted: ((wanted[1], wanted[0]), ()) if wanted[1] <= MAX_OUTER else None,
    "sum": lambda rng, wanted: ((wanted[0], between(rng, 2, 4)), ()),
}

KEEPING = ("add", "mul", "rev", "sort", "spin")
"""Steps that keep the dims."""

REACHING_ROLL = (*KEEPING, "take", "drop", "pad", "tile", "flat", "sum")
REACHING_GRID = (*KEEPING, "take", "drop", "pad", "tile", "turn", "fold")


def numbers_towards(rng: Random, word: str, wanted: Dims) -> Before:
    """Dims to start from, and arguments, so that ``word`` ends at ``wanted``."""
    draw = _BACKWARD.get(word)
    if draw:
        return draw(rng, wanted)
    numbers = fitting_numbers(rng, word, wanted)
    return None if numbers is None else (wanted, numbers)


def random_value(rng: Random, dims: Dims, *, low: int = 0, high: int = 9) -> Value:
    """A value of ``dims`` with numbers from ``low`` to ``high``."""
    width = high - low + 1
    draw = rng.random
    if len(dims) == 1:
        return Roll(tuple([low + int(draw() * width) for _ in range(dims[0])]))
    return Grid(tuple([tuple([low + int(draw() * width) for _ in range(dims[1])]) for _ in range(dims[0])]))


def random_dims(rng: Random, *, grid_share: float = 0.25) -> Dims:
    """Dims of an input: a roll of 3 to 9, else a grid of 2 to 4 by 2 to 4."""
    if rng.random() < grid_share:
        return between(rng, 2, 4), between(rng, 2, 4)
    return (between(rng, 3, 9),)
