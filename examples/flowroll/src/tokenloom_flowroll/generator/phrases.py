"""The English of the tasks: three or four paraphrases per operation, three for dims, five connectors.

Numbers are digits and always follow a space, so that a digit is the same token in English and in a program. The order
of arguments differs from the program's for ``pad`` and ``fill``, on purpose. ``{0}`` and ``{1}`` are the program's
arguments.
"""

from __future__ import annotations

from random import Random
from typing import TypeVar

from tokenloom_flowroll.language.values import Dims, format_dims

T = TypeVar("T")

CONNECTORS = (", then ", " and then ", ". After that, ", ". Next, ", ". Then ")

PHRASES: dict[str, tuple[str, ...]] = {
    "roll": ("write the numbers {0}", "make a roll of {0}", "begin with the numbers {0}"),
    "ramp": ("count from {0} to {1}", "write every number from {0} to {1}", "go from {0} up to {1} one by one"),
    "fill": ("write {1} in {0} places", "set the number {1} at {0} places", "make {1} stand in {0} places"),
    "add": ("add {0} to each number", "raise every number by {0}", "make each number {0} larger"),
    "mul": ("multiply each number by {0}", "make every number {0} times as large", "scale all numbers by {0}"),
    "rev": ("reverse the order", "put it in reverse order", "flip it back to front"),
    "sort": ("sort it", "put the numbers in ascending order", "order it from small to large"),
    "take": ("keep only the first {0}", "keep the first {0} and nothing else", "cut it after the first {0}"),
    "drop": ("drop the first {0}", "remove the first {0}", "leave out the first {0}", "skip the first {0}"),
    "pad": ("pad it with {1} up to {0}", "append {1} until there are {0}", "extend it with {1} up to {0}"),
    "spin": ("move the first {0} to the end", "rotate it to the left by {0}", "shift it around to the left by {0}"),
    "tile": ("repeat it {0} times", "write it {0} times in a row", "lay {0} copies of it one after another"),
    "fold": ("fold it into rows of {0}", "break it into rows of {0}", "make it a grid with {0} columns"),
    "flat": ("flatten it", "make one roll of all its rows", "string its rows together"),
    "turn": ("swap rows and columns", "turn its rows into columns", "transpose it"),
    "sum": ("add up all numbers", "give the total", "replace it by its total"),
    "plus": ("add {0} number by number", "add {0} to it", "raise it by the numbers of {0}"),
    "minus": ("subtract {0} number by number", "subtract {0} from it", "lower it by the numbers of {0}"),
    "join": ("join {0} to its end", "put {0} after it", "attach {0} at the end"),
}

GRID_PHRASES: dict[str, tuple[str, ...]] = PHRASES | {
    "rev": ("reverse the order of the rows", "put the rows in reverse order", "flip the rows back to front"),
    "sort": ("sort each row", "put each row in ascending order", "order each row from small to large"),
    "take": (
        "keep only the first {0} rows",
        "keep the first {0} rows and nothing else",
        "cut it after the first {0} rows",
    ),
    "drop": (
        "drop the first {0} rows",
        "remove the first {0} rows",
        "leave out the first {0} rows",
        "skip the first {0} rows",
    ),
    "pad": (
        "pad it with rows of {1} up to {0}",
        "append rows of {1} until there are {0}",
        "extend it with rows of {1} up to {0}",
    ),
    "spin": (
        "move the first {0} rows to the end",
        "rotate the rows upwards by {0}",
        "shift the rows around upwards by {0}",
    ),
    "sum": ("add up each row", "give the total of each row", "replace each row by its total"),
}

ROLL_DIMS = ("has {0} numbers", "is a roll of {0}", "holds {0} numbers")
GRID_DIMS = ("is a grid of {0}", "is a grid with dims {0}", "measures {0}")

BEGINNINGS = ("With {0}: ", "From {0}: ", "For {0}: ")
CALLS = (". Call it {0}.", ", and call it {0}.", ". Name it {0}.")
QUESTIONS = ("What does this give?", "What comes out of this?", "What is the result of this?")

# DIMMATCH: how the dims are made to agree. {0} and {1} are names, {2} is the number to pad with.
POLICIES: dict[str, tuple[str, ...]] = {
    "cut": (
        "cut the longer one so that both fit",
        "cut the longer one to match the other",
        "shorten the longer one to fit",
    ),
    "pad": (
        "pad the shorter one with {2} so that both fit",
        "pad the shorter one with {2} to match the other",
        "extend the shorter one with {2} to fit",
    ),
    "shape": ("give {0} the shape of {1}", "bring {0} into the shape of {1}", "make {0} the same shape as {1}"),
    "turn": (
        "swap rows and columns of {0} so that it fits {1}",
        "turn the rows of {0} into columns so that it fits {1}",
        "transpose {0} to match {1}",
    ),
    "cut shape": (
        "cut {0} and give it the shape of {1}",
        "cut {0} and bring it into the shape of {1}",
        "shorten {0} and make it the same shape as {1}",
    ),
    "pad shape": (
        "pad {0} with {2} and give it the shape of {1}",
        "pad {0} with {2} and bring it into the shape of {1}",
        "extend {0} with {2} and make it the same shape as {1}",
    ),
}

COMBINATIONS: dict[str, tuple[str, ...]] = {
    "plus": ("add {1} to {0} number by number", "add {1} to {0}", "raise {0} by the numbers of {1}"),
    "minus": ("subtract {1} from {0} number by number", "subtract {1} from {0}", "lower {0} by the numbers of {1}"),
}


def pick(rng: Random, choices: tuple[T, ...] | list[T]) -> T:
    """One of ``choices``; three times as fast as ``Random.choice``, which matters here."""
    return choices[int(rng.random() * len(choices))]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + int(rng.random() * (high - low + 1))


def phrase(rng: Random, word: str, arguments: tuple[int, ...] | tuple[str, ...], *, grid: bool) -> str:
    """One clause that asks for ``word`` on a roll, or on a grid."""
    text = pick(rng, (GRID_PHRASES if grid else PHRASES)[word]).format(*arguments)
    return text.replace(" 1 rows", " 1 row") if grid else text


def joined(rng: Random, clauses: list[str]) -> str:
    """Clauses in one run of English, each junction with a connector of its own."""
    text = clauses[0]
    for clause in clauses[1:]:
        text += pick(rng, CONNECTORS) + clause
    return text


def stated_dims(rng: Random, inputs: dict[str, Dims]) -> str:
    """``X has 6 numbers and y is a grid of 2 by 3.``"""
    said = []
    for name, dims in inputs.items():
        form = pick(rng, ROLL_DIMS if len(dims) == 1 else GRID_DIMS)
        said.append(f"{name} {form.format(format_dims(dims))}")
    return sentence(" and ".join(said))


def sentence(text: str) -> str:
    """``text`` with a capital first letter and a full stop."""
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
