"""Tasks to repair a program: its instruction, the broken program and the error that it raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random
from typing import TypeAlias

from tokenloom.kit.registry import nearest
from tokenloom_flowroll.generator.draft import Compass, Draft
from tokenloom_flowroll.generator.families.combine import draw_combine
from tokenloom_flowroll.generator.families.dimmatch import draw_dimmatch
from tokenloom_flowroll.generator.families.single import draw_transform
from tokenloom_flowroll.generator.phrases import between, pick
from tokenloom_flowroll.language.errors import FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.program import Program, Step

_BASES = {
    1: (draw_transform,),
    2: (draw_transform, draw_combine, draw_dimmatch),
    3: (draw_transform, draw_combine, draw_dimmatch),
}

_TRIES = 12  # a step left out or a wrong number raises less often than a misspelt word

Broken: TypeAlias = tuple[Program, str] | None
"""The program with its fault before any misspelling (whose edges count), and the text as shown."""


def draw_fix(rng: Random, compass: Compass, level: int) -> Draft | None:
    """A task of the level below, so broken by a step left out, a wrong number or a misspelt word that it raises."""
    draft = pick(rng, _BASES[level - 1])(rng, compass, level - 1)
    if draft is None:
        return None
    order = rng.sample(_WAYS, len(_WAYS))
    for break_ in [way for way in order for _ in range(_TRIES)]:
        broken = break_(rng, draft.program)
        if broken is None:
            continue
        try:
            run(broken[1], draft.inputs)
        except FlowError as error:
            return replace(
                draft, family="fix", base=draft.family, broken=broken[0], broken_text=broken[1], error=error.message
            )
    return None


def _leave_out(rng: Random, program: Program) -> Broken:
    line, place = _some_step(rng, program)
    changed = _with_steps(program, line, _without(program.lines[line].steps, place))
    return changed, str(changed)


def _wrong_number(rng: Random, program: Program) -> Broken:
    line, place = _some_step(rng, program)
    steps = program.lines[line].steps
    numbers = list(steps[place].numbers)
    if not numbers:
        return None
    which = between(rng, 0, len(numbers) - 1)
    wrong = between(rng, 1, 12)
    if wrong == numbers[which]:
        return None
    numbers[which] = wrong
    step = replace(steps[place], numbers=tuple(numbers))
    changed = _with_steps(program, line, (*steps[:place], step, *steps[place + 1 :]))
    return changed, str(changed)


def _misspell(rng: Random, program: Program) -> Broken:
    line, place = _some_step(rng, program)
    step = program.lines[line].steps[place]
    word = _misspelt(rng, step.word)
    if _meant(word) != step.word:
        return None
    lines = [str(each) for each in program.lines]
    written = [str(each) for each in program.lines[line].steps]
    written[place] = word + written[place][len(step.word) :]
    shown = " | ".join([lines[line].split(" | ")[0], *written])
    return program, "\n".join([*lines[:line], shown, *lines[line + 1 :]])


_WAYS: tuple[Callable[[Random, Program], Broken], ...] = (_leave_out, _wrong_number, _misspell)


def _misspelt(rng: Random, word: str) -> str:
    """``word`` with a letter lost, doubled or swapped with its neighbour."""
    place = between(rng, 0, len(word) - 2)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return pick(rng, (before + after, before + letter * 2 + after, before + after[0] + letter + after[1:]))


@cache
def _meant(word: str) -> str:
    """The step that a misspelt word is nearest to, as the error's hint says; empty for a word that is right."""
    if len(word) == 1 or word in STEPS or word in SOURCES or word in ("emit", "grid"):
        return ""
    return (nearest(word, STEPS, count=1) or [""])[0]


def _some_step(rng: Random, program: Program) -> tuple[int, int]:
    lines = [number for number, line in enumerate(program.lines) if line.steps]
    line = pick(rng, lines)
    return line, between(rng, 0, len(program.lines[line].steps) - 1)


def _without(steps: tuple[Step, ...], place: int) -> tuple[Step, ...]:
    return (*steps[:place], *steps[place + 1 :])


def _with_steps(program: Program, line: int, steps: tuple[Step, ...]) -> Program:
    lines = list(program.lines)
    lines[line] = replace(lines[line], steps=steps)
    return Program(tuple(lines))
