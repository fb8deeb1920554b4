"""A task while it is being drawn: flows that carry a concrete value, so that each step is proved as it is added."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from tokenloom_flowroll.generator.arguments import (
    MAX_OUTER,
    REACHING_GRID,
    REACHING_ROLL,
    fitting_numbers,
    numbers_towards,
    random_value,
)
from tokenloom_flowroll.generator.edges import edge
from tokenloom_flowroll.generator.phrases import phrase, pick
from tokenloom_flowroll.generator.split import EdgeSplit, Part
from tokenloom_flowroll.language.errors import Fault
from tokenloom_flowroll.language.operations import STEPS
from tokenloom_flowroll.language.program import Line, Program, Source, Step
from tokenloom_flowroll.language.values import Dims, Grid, Roll, Value

MAX_DRAWN = 500
"""Largest magnitude while drawing, so that other inputs stay far from the language's limit."""

_TRIES = 6


class Compass:
    """Which step may follow which for one part of the split, so that few draws have to be thrown away.

    It only spares work: the part of a finished draft is decided by all its edges.
    """

    def __init__(self, split: EdgeSplit, part: Part) -> None:
        self.split = split
        self.part = part
        held_out: set[Part] = {"validation", "test"}
        self._avoided = held_out - {part}
        self._after: dict[tuple[str, bool], tuple[str, ...]] = {}

    def allows(self, text: str) -> bool:
        """Whether a program of this part may have the edge ``text``."""
        return self.split.part_of_edge(text) not in self._avoided

    def follows(self, last: str, word: str, *, right: bool = False) -> bool:
        """Whether ``word`` may consume what ``last`` made (``""``: an input); never one operation twice in a row."""
        return not last or ((right or word != last) and self.allows(edge(last, word, right=right)))

    def after(self, last: str, *, grid: bool) -> tuple[str, ...]:
        """The steps without a right-hand operand that may follow ``last`` on a roll, or on a grid."""
        found = self._after.get((last, grid))
        if found is None:
            kind = "grid" if grid else "roll"
            found = tuple(
                word
                for word, step in STEPS.items()
                if not step.has_name and kind in step.accepts and self.follows(last, word)
            )
            self._after[last, grid] = found
        return found


@dataclass(slots=True)
class Flow:
    """A source and the steps so far, the value they give, and what was said in English."""

    source: Source
    value: Value
    last: str = ""
    """The operation that made the value; empty for an input."""
    steps: list[Step] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)

    def push(self, rng: Random, step: Step) -> bool:
        """Run ``step`` and keep it; ``False`` where it fails, changes nothing or makes too much."""
        before = self.value
        if not self._keep(step, step.numbers):
            return False
        self.clauses.append(phrase(rng, step.word, step.numbers, grid=isinstance(before, Grid)))
        return True

    def push_pair(self, step: Step, other: Flow) -> bool:
        """As :meth:`push`, with the value of ``other`` on the right; says nothing."""
        return self._keep(step, (other.value,))

    def push_silently(self, step: Step) -> bool:
        """As :meth:`push`, for a step that another clause already asks for."""
        return self._keep(step, step.numbers)

    def line(self, name: str = "") -> Line:
        return Line(name, self.source, tuple(self.steps))

    def _keep(self, step: Step, arguments: tuple[int, ...] | tuple[Value, ...]) -> bool:
        try:
            value = STEPS[step.word].apply(self.value, *arguments)
        except Fault:
            return False
        if value == self.value or not _is_small(value):
            return False
        self.value = value
        self.steps.append(step)
        self.last = step.word
        return True


@dataclass(slots=True)
class Draft:
    """A drawn task before its part of the split is known."""

    family: str
    instruction: str
    program: Program
    inputs: dict[str, Value]
    output: Value
    pair: str = ""
    """For DIMMATCH: the edge of the input dims."""
    base: str = ""
    """For fix: the family of the task it was made from."""
    broken: Program | None = None
    """For fix: the program to repair, before a word of it was misspelt."""
    broken_text: str = ""
    error: str = ""


def push_steps(rng: Random, flow: Flow, compass: Compass, count: int) -> bool:
    """Add ``count`` drawn steps; ``False`` where the dice did not fit."""
    return all(_push_one(rng, flow, compass) for _ in range(count))


def push_keeping(rng: Random, flow: Flow, compass: Compass, words: tuple[str, ...]) -> bool:
    """Add one step drawn from ``words``."""
    word = pick(rng, words)
    numbers = fitting_numbers(rng, word, flow.value.dims)
    return compass.follows(flow.last, word) and numbers is not None and flow.push(rng, Step(word, numbers))


def flow_towards(rng: Random, source: Source, compass: Compass, wanted: Dims, count: int) -> tuple[Flow, Value] | None:
    """A flow of ``count`` steps that ends at ``wanted``, drawn backwards, and the input it starts from."""
    steps: list[Step] = []
    dims = wanted
    for _ in range(count):
        word = pick(rng, REACHING_ROLL if len(dims) == 1 else REACHING_GRID)
        before = numbers_towards(rng, word, dims)
        if before is None or (steps and not compass.follows(word, steps[-1].word)):
            return None
        dims, numbers = before
        steps.append(Step(word, numbers))
    start = random_value(rng, dims)
    flow = Flow(source, start)
    return (flow, start) if all(flow.push(rng, step) for step in reversed(steps)) else None


def program_of(*lines: Line) -> Program:
    """A program whose lines are numbered as they will stand in its text."""
    return Program(tuple([replace(line, number=number) for number, line in enumerate(lines, start=1)]))


def _push_one(rng: Random, flow: Flow, compass: Compass) -> bool:
    words = compass.after(flow.last, grid=isinstance(flow.value, Grid))
    if not words:
        return False
    for _ in range(_TRIES):
        word = pick(rng, words)
        numbers = fitting_numbers(rng, word, flow.value.dims)
        if numbers is not None and flow.push(rng, Step(word, numbers)):
            return True
    return False


def _is_small(value: Value) -> bool:
    if isinstance(value, Roll):
        numbers = value.numbers
        return len(numbers) <= MAX_OUTER and max(numbers) <= MAX_DRAWN and min(numbers) >= -MAX_DRAWN
    rows = value.rows
    return len(rows) <= MAX_OUTER and max(map(max, rows)) <= MAX_DRAWN and min(map(min, rows)) >= -MAX_DRAWN
