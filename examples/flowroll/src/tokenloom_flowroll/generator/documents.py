"""Language text for pretraining: each operation with its English, and programs with bound inputs and what they give.

Every document parses as a program, since English, inputs and output stand in comments. No composition of the held-out
edges, no instruction of a task and no task mark is in it.
"""

from __future__ import annotations

from random import Random

from tokenloom_flowroll.generator.draft import Compass
from tokenloom_flowroll.generator.families.single import literal_clause
from tokenloom_flowroll.generator.phrases import between, phrase, pick, sentence
from tokenloom_flowroll.generator.split import SPLIT, EdgeSplit
from tokenloom_flowroll.generator.tasks import draw_draft
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.program import Line, Literal, Name, Step

ONE_OPERATION_SHARE = 0.55

_CELLS = (
    *[(1, "transform")] * 6,
    *[(1, "build")] * 4,
    *[(2, "transform")] * 4,
    *[(2, "combine")] * 2,
    *[(3, "combine")] * 2,
    (3, "transform"),
    (4, "combine"),
)
"""Levels and families whose programs are shown; not DIMMATCH, whose pairs of dims are held out."""


def draw_language_documents(count: int, seed: int, *, rule: EdgeSplit = SPLIT) -> list[str]:
    """``count`` documents in random order, 55 % of one operation; the same arguments give the same text."""
    rng = Random(f"{seed} documents")
    compass = Compass(rule, "train")
    num_single = round(count * ONE_OPERATION_SHARE)
    documents = [_one_operation(rng) for _ in range(num_single)]
    documents += [_program_with_inputs(rng, compass) for _ in range(count - num_single)]
    rng.shuffle(documents)
    return documents


def _one_operation(rng: Random) -> str:
    """``# Reverse the order.`` and the line that does it."""
    word = pick(rng, _WORDS)
    if word in SOURCES:
        literal = Literal(word, _source_numbers(rng, word))
        return f"# {sentence(literal_clause(rng, literal))}\n{Line('', literal)}"
    accepts = STEPS[word].accepts
    grid = accepts == "grid" or (accepts != "roll" and rng.random() < 0.25)
    name = pick(rng, ("y", "y", "a", "b", "c")) if STEPS[word].has_name else ""
    numbers = _step_numbers(rng, word)
    clause = phrase(rng, word, (name,) if name else numbers, grid=grid)
    return f"# {sentence(clause)}\n{Line('', Name('x'), (Step(word, numbers, name),))}"


_WORDS = (*SOURCES, *["roll"] * 2, *STEPS)  # copying a list is the slowest skill, so it is shown more often


def _source_numbers(rng: Random, word: str) -> tuple[int, ...]:
    if word == "roll":
        return tuple([between(rng, 0, 9) for _ in range(between(rng, 2, 6))])
    if word == "ramp":
        first = between(rng, 0, 12)
        return first, first + between(rng, 1, 8)
    return between(rng, 2, 12), between(rng, 0, 9)


def _step_numbers(rng: Random, word: str) -> tuple[int, ...]:
    if word == "pad":
        return between(rng, 3, 12), between(rng, 0, 9)
    low, high = {"mul": (2, 5), "tile": (2, 4), "fold": (2, 6)}.get(word, (1, 9))
    return (between(rng, low, high),) * STEPS[word].num_numbers


def _program_with_inputs(rng: Random, compass: Compass) -> str:
    while True:
        level, family = pick(rng, _CELLS)
        drawn = draw_draft(rng, compass, level, family)
        if drawn:
            draft = drawn[0]
            inputs = [f"# {name} = {value}" for name, value in draft.inputs.items()]
            return "\n".join([*inputs, str(draft.program), f"# gives {draft.output}"])
