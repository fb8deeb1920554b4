"""Tasks of one flow: build (a literal, then steps), transform (steps on x), predict (what a program gives)."""

from __future__ import annotations

from random import Random

from tokenloom_flowroll.generator.arguments import random_dims, random_value
from tokenloom_flowroll.generator.draft import Compass, Draft, Flow, program_of, push_steps
from tokenloom_flowroll.generator.phrases import (
    BEGINNINGS,
    CALLS,
    QUESTIONS,
    between,
    joined,
    phrase,
    pick,
    sentence,
    stated_dims,
)
from tokenloom_flowroll.language.operations import SOURCES
from tokenloom_flowroll.language.program import Line, Literal, Name

_SOURCES = ("roll", "roll", "ramp", "fill")


def draw_build(rng: Random, compass: Compass, level: int) -> Draft | None:
    """A literal roll, then 1 or 2 steps at level 1, 5 at level 4."""
    flow = _from_literal(rng, longest=3 if level == 1 else 6)
    if not push_steps(rng, flow, compass, between(rng, 1, 2) if level == 1 else 5):
        return None
    return Draft("build", sentence(joined(rng, flow.clauses)), program_of(flow.line()), {}, flow.value)


def draw_transform(rng: Random, compass: Compass, level: int) -> Draft | None:
    """Steps on x: 1 or 2, 3, 4 on one line; 5 to 7 over 4 to 6 lines at level 4."""
    dims = random_dims(rng)
    start = random_value(rng, dims)
    flow = Flow(Name("x"), start)
    if not push_steps(rng, flow, compass, _num_steps(rng, level)):
        return None
    lines, said = _on_lines(rng, flow) if level == 4 else ((flow.line(),), sentence(joined(rng, flow.clauses)))
    instruction = f"{stated_dims(rng, {'x': dims})} {said}"
    return Draft("transform", instruction, program_of(*lines), {"x": start}, flow.value)


def draw_predict(rng: Random, compass: Compass, level: int) -> Draft | None:
    """A one-line program of literals with 1, 2 or 3 steps (levels 2 to 4), to be run in the head."""
    flow = _from_literal(rng, longest=5)
    if not push_steps(rng, flow, compass, level - 1):
        return None
    program = program_of(flow.line())
    return Draft("predict", f"{pick(rng, QUESTIONS)}\n{program}", program, {}, flow.value)


def random_literal(rng: Random, *, longest: int) -> Literal:
    """A source of small numbers. Copying long lists is the slowest skill to learn, so easy tasks have short ones."""
    word = pick(rng, _SOURCES)
    if word == "roll":
        return Literal(word, tuple([between(rng, 0, 9) for _ in range(between(rng, 3, longest))]))
    if word == "ramp":
        first = between(rng, 0, 9)
        return Literal(word, (first, first + between(rng, 2, 5)))
    return Literal(word, (between(rng, 2, 6), between(rng, 0, 9)))


def literal_clause(rng: Random, literal: Literal) -> str:
    """The English that asks for ``literal``."""
    arguments = (" ".join(map(str, literal.numbers)),) if literal.word == "roll" else literal.numbers
    return phrase(rng, literal.word, arguments, grid=False)


def _from_literal(rng: Random, *, longest: int) -> Flow:
    literal = random_literal(rng, longest=longest)
    value = SOURCES[literal.word].apply(*literal.numbers)
    return Flow(literal, value, literal.word, clauses=[literal_clause(rng, literal)])


def _num_steps(rng: Random, level: int) -> int:
    if level == 1:
        return 1 if rng.random() < 0.25 else 2
    return level + 1 if level < 4 else between(rng, 5, 7)


def _on_lines(rng: Random, flow: Flow) -> tuple[tuple[Line, ...], str]:
    """The steps of ``flow`` cut into 4 to 6 named lines, and their English."""
    num_lines = between(rng, 4, min(6, len(flow.steps)))
    cuts = sorted(rng.sample(range(1, len(flow.steps)), num_lines - 1))
    lines: list[Line] = []
    said: list[str] = []
    source = "x"
    for index, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(flow.steps)], strict=True)):
        name = "abcde"[index] if index < num_lines - 1 else ""
        lines.append(Line(name, Name(source), tuple(flow.steps[start:end])))
        said.append(spoken_line(rng, source, flow.clauses[start:end], name))
        source = name
    return tuple(lines), " ".join(said)


def spoken_line(rng: Random, source: str, clauses: list[str], name: str = "") -> str:
    """``With x: reverse the order, then sort it. Call it a.``"""
    call = pick(rng, CALLS).format(name) if name else "."
    return pick(rng, BEGINNINGS).format(source) + joined(rng, clauses) + call
