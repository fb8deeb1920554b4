"""Tasks that bring x and y together with plus, minus or join, where the dims already agree."""

from __future__ import annotations

from random import Random

from tokenloom_flowroll.generator.arguments import MAX_OUTER, random_dims, random_value
from tokenloom_flowroll.generator.draft import Compass, Draft, Flow, flow_towards, program_of, push_steps
from tokenloom_flowroll.generator.families.single import spoken_line
from tokenloom_flowroll.generator.phrases import between, phrase, pick, stated_dims
from tokenloom_flowroll.language.program import Line, Name, Step
from tokenloom_flowroll.language.values import Dims, Grid, Value

_WORDS = ("plus", "minus", "join")


def draw_combine(rng: Random, compass: Compass, level: int) -> Draft | None:
    """One step on x, then y (level 2); two flows on 3 lines (level 3); 5 to 7 steps on 4 or 5 lines (level 4)."""
    start = random_value(rng, random_dims(rng))
    left = Flow(Name("x"), start)
    if not push_steps(rng, left, compass, 1 if level == 2 else between(rng, 1, 2)):
        return None
    word = pick(rng, _WORDS)
    wanted = _partner_dims(rng, left.value, word)
    if wanted is None:
        return None
    num_right = {2: 0, 3: 3 - len(left.steps), 4: between(rng, 1, 2)}[level]
    drawn = flow_towards(rng, Name("y"), compass, wanted, num_right)
    if drawn is None:
        return None
    right, other = drawn
    if min(other.dims) < 2 or max(other.dims) > MAX_OUTER:
        return None
    return _FORMS[level](rng, compass, (left, right), word, {"x": start, "y": other})


def push_combination(rng: Random, compass: Compass, flow: Flow, word: str, name: str, other: Flow) -> bool:
    """Add ``word`` with the value of ``other``, called ``name``, on the right, and say so."""
    if not compass.follows(flow.last, word) or not compass.follows(other.last, word, right=True):
        return False
    if not flow.push_pair(Step(word, name=name), other):
        return False
    flow.clauses.append(phrase(rng, word, (name,), grid=False))
    return True


def _on_one_line(
    rng: Random, compass: Compass, flows: tuple[Flow, Flow], word: str, inputs: dict[str, Value]
) -> Draft | None:
    left, right = flows
    if not push_combination(rng, compass, left, word, "y", right):
        return None
    said = f"{_dims(rng, inputs)} {spoken_line(rng, 'x', left.clauses)}"
    return Draft("combine", said, program_of(left.line()), inputs, left.value)


def _on_three_lines(
    rng: Random, compass: Compass, flows: tuple[Flow, Flow], word: str, inputs: dict[str, Value]
) -> Draft | None:
    left, right = flows
    last = Flow(Name("a"), left.value, left.last)
    if not push_combination(rng, compass, last, word, "b", right):
        return None
    said = f"{_two_flows(rng, flows, inputs)} {spoken_line(rng, 'a', last.clauses)}"
    return Draft("combine", said, program_of(left.line("a"), right.line("b"), last.line()), inputs, last.value)


def _on_more_lines(
    rng: Random, compass: Compass, flows: tuple[Flow, Flow], word: str, inputs: dict[str, Value]
) -> Draft | None:
    left, right = flows
    middle = Flow(Name("a"), left.value, left.last)
    if not push_combination(rng, compass, middle, word, "b", right):
        return None
    last = Flow(Name("c"), middle.value, middle.last)
    num_before = len(left.steps) + len(right.steps) + 1
    if not push_steps(rng, last, compass, between(rng, max(1, 5 - num_before), 7 - num_before)):
        return None
    if num_before + len(last.steps) < 7 and rng.random() < 0.5:  # b once more: a value that is used twice
        push_combination(rng, compass, last, pick(rng, _WORDS), "b", right)
    said = [_two_flows(rng, flows, inputs), spoken_line(rng, "a", middle.clauses, "c")]
    tail, tail_said = _tail(rng, last)
    program = program_of(left.line("a"), right.line("b"), middle.line("c"), *tail)
    return Draft("combine", " ".join(said + tail_said), program, inputs, last.value)


_FORMS = {2: _on_one_line, 3: _on_three_lines, 4: _on_more_lines}


def _tail(rng: Random, flow: Flow) -> tuple[list[Line], list[str]]:
    """The last flow on one line, or its first step on a line of its own."""
    if len(flow.steps) == 1 or rng.random() < 0.5:
        return [flow.line()], [spoken_line(rng, "c", flow.clauses)]
    lines = [Line("d", Name("c"), tuple(flow.steps[:1])), Line("", Name("d"), tuple(flow.steps[1:]))]
    return lines, [spoken_line(rng, "c", flow.clauses[:1], "d"), spoken_line(rng, "d", flow.clauses[1:])]


def _two_flows(rng: Random, flows: tuple[Flow, Flow], inputs: dict[str, Value]) -> str:
    left, right = flows
    said = (_dims(rng, inputs), spoken_line(rng, "x", left.clauses, "a"), spoken_line(rng, "y", right.clauses, "b"))
    return " ".join(said)


def _dims(rng: Random, inputs: dict[str, Value]) -> str:
    return stated_dims(rng, {name: value.dims for name, value in inputs.items()})


def _partner_dims(rng: Random, value: Value, word: str) -> Dims | None:
    """Dims that ``word`` accepts on the right of ``value``; ``None`` where the result would be too long."""
    if word != "join":
        return value.dims if value.dims[0] > 1 else None
    free = MAX_OUTER - value.dims[0]
    if free < 2:
        return None
    length = between(rng, 2, min(free, 4 if isinstance(value, Grid) else 6))
    return (length, *value.dims[1:])
