"""DIMMATCH: the dims of x and y differ and are made to agree by a named policy before plus or minus.

The instruction names the policy, not its numbers: those follow from the dims. At level 4 they must be calculated, since
the length to cut or pad to is rows × columns of the other.
"""

from __future__ import annotations

from random import Random

from tokenloom_flowroll.generator.arguments import KEEPING, random_value
from tokenloom_flowroll.generator.draft import Compass, Draft, Flow, program_of, push_keeping, push_steps
from tokenloom_flowroll.generator.edges import pair_edge
from tokenloom_flowroll.generator.families.single import spoken_line
from tokenloom_flowroll.generator.phrases import (
    COMBINATIONS,
    CONNECTORS,
    POLICIES,
    between,
    joined,
    pick,
    sentence,
    stated_dims,
)
from tokenloom_flowroll.language.program import Name, Step
from tokenloom_flowroll.language.values import Dims, Value, count_of

_Adjust = tuple[str, str, str, tuple[Step, ...], int]
"""Policy, the name to change, the other name, the steps that change it, the number to pad with."""

_WORDS = ("plus", "minus")


def draw_dimmatch(rng: Random, compass: Compass, level: int) -> Draft | None:
    """Two lengths (level 2); grids, cut rows, fold, flat and turn (3); cut or pad to p × q, then fold (4)."""
    dims = _DIMS[level](rng)
    pair = pair_edge(dims["x"], dims["y"])
    if not compass.allows(pair):
        return None
    inputs = {name: random_value(rng, each) for name, each in dims.items()}
    draft = _on_four_lines(rng, compass, inputs) if level == 4 else _on_one_or_two_lines(rng, compass, inputs, level)
    if draft:
        draft.pair = pair
        draft.instruction = f"{stated_dims(rng, dims)} {draft.instruction}"
    return draft


def _on_one_or_two_lines(rng: Random, compass: Compass, inputs: dict[str, Value], level: int) -> Draft | None:
    policy, changed, other, steps, filler = _adjustment(rng, inputs)
    x = Flow(Name("x"), inputs["x"])
    if (level == 3 or rng.random() < 0.5) and not push_keeping(rng, x, compass, KEEPING):
        return None
    said = [spoken_line(rng, "x", x.clauses)] if x.clauses else []
    y = Flow(Name("y"), inputs["y"])
    flow = x if changed == "x" else y
    if not all(_push(compass, flow, step) for step in steps):
        return None
    word = pick(rng, _WORDS)
    if not _push_pair(compass, x, Step(word, name="a" if changed == "y" else "y"), y):
        return None
    request = pick(rng, POLICIES[policy]).format(changed, other, filler)
    request += pick(rng, CONNECTORS) + pick(rng, COMBINATIONS[word]).format("x", "y")
    num_spoken = len(x.clauses)
    if level == 3 and not push_steps(rng, x, compass, 1):
        return None
    said.append(sentence(joined(rng, [request, *x.clauses[num_spoken:]])))
    lines = [y.line("a"), x.line()] if changed == "y" else [x.line()]
    return Draft("dimmatch", " ".join(said), program_of(*lines), inputs, x.value)


def _on_four_lines(rng: Random, compass: Compass, inputs: dict[str, Value]) -> Draft | None:
    """The roll gets a step and becomes b, the grid gets a step and becomes c, then x's side is combined with y's."""
    long, grid = ("x", "y") if len(inputs["x"].dims) == 1 else ("y", "x")
    policy, steps, filler = _to_shape(rng, inputs[long].dims, inputs[grid].dims)
    first, third = Flow(Name(long), inputs[long]), Flow(Name(grid), inputs[grid])
    if not (push_keeping(rng, first, compass, KEEPING) and push_keeping(rng, third, compass, KEEPING)):
        return None
    second = Flow(Name("a"), first.value, first.last)
    if not all(_push(compass, second, step) for step in steps):
        return None
    sides = [("b", second), ("c", third)]
    (left_name, left), (right_name, right) = sides if long == "x" else reversed(sides)
    last = Flow(Name(left_name), left.value, left.last)
    word = pick(rng, _WORDS)
    if not _push_pair(compass, last, Step(word, name=right_name), right):
        return None
    if not push_steps(rng, last, compass, between(rng, 0, 2)):
        return None
    said = [
        spoken_line(rng, long, first.clauses, "a"),
        sentence(pick(rng, POLICIES[policy]).format("a", grid, filler) + ", and call it b"),
        spoken_line(rng, grid, third.clauses, "c"),
        sentence(joined(rng, [pick(rng, COMBINATIONS[word]).format(left_name, right_name), *last.clauses])),
    ]
    program = program_of(first.line("a"), second.line("b"), third.line("c"), last.line())
    return Draft("dimmatch", " ".join(said), program, inputs, last.value)


def _push(compass: Compass, flow: Flow, step: Step) -> bool:
    return compass.follows(flow.last, step.word) and flow.push_silently(step)


def _push_pair(compass: Compass, flow: Flow, step: Step, other: Flow) -> bool:
    if not (compass.follows(flow.last, step.word) and compass.follows(other.last, step.word, right=True)):
        return False
    return flow.push_pair(step, other)


def _adjustment(rng: Random, inputs: dict[str, Value]) -> _Adjust:
    """Which input is changed, how it is asked for, and the steps that do it."""
    x, y = inputs["x"].dims, inputs["y"].dims
    filler = between(rng, 0, 9)
    if len(x) != len(y) or (len(x) == 2 and x[1] != y[1]):
        changed, other = pick(rng, (("x", "y"), ("y", "x")))
        before, wanted = inputs[changed].dims, inputs[other].dims
        if len(x) == len(y):
            return "turn", changed, other, (Step("turn"),), filler
        return "shape", changed, other, (Step("flat") if len(before) == 2 else Step("fold", (wanted[1],)),), filler
    (few, short), (many, long) = sorted([(x[0], "x"), (y[0], "y")])
    if rng.random() < 0.5:
        return "cut", long, short, (Step("take", (few,)),), filler
    return "pad", short, long, (Step("pad", (many, filler)),), filler


def _to_shape(rng: Random, dims: Dims, wanted: Dims) -> tuple[str, tuple[Step, ...], int]:
    count, filler = count_of(wanted), between(rng, 0, 9)
    fold = Step("fold", (wanted[1],))
    if dims[0] > count:
        return "cut shape", (Step("take", (count,)), fold), filler
    return "pad shape", (Step("pad", (count, filler)), fold), filler


def _two_lengths(rng: Random) -> dict[str, Dims]:
    first = between(rng, 2, 9)
    second = between(rng, 2, 8)
    return {"x": (first,), "y": (second + (second >= first),)}


def _two_shapes(rng: Random) -> dict[str, Dims]:
    rows, columns = between(rng, 2, 4), between(rng, 2, 4)
    form = rng.random()
    if form < 0.4:  # a roll of as many numbers: fold one, or flatten the other
        roll_dims, grid_dims = (rows * columns,), (rows, columns)
        return {"x": roll_dims, "y": grid_dims} if form < 0.2 else {"x": grid_dims, "y": roll_dims}
    if form < 0.7 and rows != columns:
        return {"x": (rows, columns), "y": (columns, rows)}
    other = between(rng, 2, 5)
    return {"x": (rows, columns), "y": (other + (other >= rows), columns)}


def _shape_and_length(rng: Random) -> dict[str, Dims]:
    rows, columns = between(rng, 2, 4), between(rng, 2, 4)
    count = rows * columns
    lengths = [length for length in range(3, 13) if length != count and length > 1]
    roll_dims = (pick(rng, lengths),)
    return {"x": roll_dims, "y": (rows, columns)} if rng.random() < 0.5 else {"x": (rows, columns), "y": roll_dims}


_DIMS = {2: _two_lengths, 3: _two_shapes, 4: _shape_and_length}
