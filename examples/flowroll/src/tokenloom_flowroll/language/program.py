"""The program as a tree, and its one canonical spelling."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

MAX_LINES = 6


@dataclass(frozen=True, slots=True)
class Literal:
    """``roll 3 1 4``, ``ramp 2 5`` or ``fill 3 7``."""

    word: str
    numbers: tuple[int, ...]

    def __str__(self) -> str:
        return " ".join((self.word, *map(str, self.numbers)))


@dataclass(frozen=True, slots=True)
class Table:
    """``grid 1 2 / 3 4``: rows as written, not yet known to be of equal length."""

    rows: tuple[tuple[int, ...], ...]
    word: str = field(default="grid", init=False)

    def __str__(self) -> str:
        return " ".join(("grid", " / ".join(" ".join(map(str, row)) for row in self.rows))).rstrip()


@dataclass(frozen=True, slots=True)
class Name:
    """A letter that stands for an input or for an earlier line."""

    letter: str

    def __str__(self) -> str:
        return self.letter


Source: TypeAlias = Literal | Table | Name


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on what flows in; ``name`` is the right-hand operand of plus, minus and join."""

    word: str
    numbers: tuple[int, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        if self.name:
            return f"{self.word} {self.name}"
        return " ".join((self.word, *map(str, self.numbers))) if self.numbers else self.word


@dataclass(frozen=True, slots=True)
class Line:
    """``a = flow``, or ``emit flow`` where ``name`` is empty; ``number`` counts the lines of the text from 1."""

    name: str
    source: Source
    steps: tuple[Step, ...] = ()
    number: int = field(default=1, compare=False)

    def __str__(self) -> str:
        flow = " | ".join(map(str, (self.source, *self.steps)))
        return f"{self.name} = {flow}" if self.name else f"emit {flow}"


@dataclass(frozen=True, slots=True)
class Program:
    """1 to 6 lines, of which the last one emits. ``str()`` gives the canonical spelling."""

    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))
