"""Drawing sets of tasks: how many of which level and family, on which side of the split, and no instruction twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import TypeAlias

from tokenloom.kit.errors import DataError
from tokenloom_flowroll.generator.draft import Compass, Draft
from tokenloom_flowroll.generator.edges import edges_of
from tokenloom_flowroll.generator.families.combine import draw_combine
from tokenloom_flowroll.generator.families.dimmatch import draw_dimmatch
from tokenloom_flowroll.generator.families.fix import draw_fix
from tokenloom_flowroll.generator.families.single import draw_build, draw_predict, draw_transform
from tokenloom_flowroll.generator.split import SPLIT, EdgeSplit, Part
from tokenloom_flowroll.generator.task import LEVELS, Task, finished, signature

DRAWERS: dict[str, Callable[[Random, Compass, int], Draft | None]] = {
    "build": draw_build,
    "transform": draw_transform,
    "combine": draw_combine,
    "dimmatch": draw_dimmatch,
    "predict": draw_predict,
    "fix": draw_fix,
}

Plan: TypeAlias = dict[tuple[int, str], int]
"""How many tasks of each (level, family)."""

MIX: dict[int, float] = {1: 0.72, 2: 0.17, 3: 0.06, 4: 0.05}
"""Share of each level among training tasks: the mix with which the goal was reached."""

FAMILY_SHARES: dict[int, dict[str, float]] = {
    1: {"build": 0.45, "transform": 0.55},
    2: {"transform": 0.40, "combine": 0.20, "dimmatch": 0.20, "predict": 0.10, "fix": 0.10},
    3: {"transform": 0.20, "combine": 0.25, "dimmatch": 0.25, "predict": 0.10, "fix": 0.20},
    4: {"build": 0.10, "transform": 0.20, "combine": 0.20, "dimmatch": 0.25, "predict": 0.10, "fix": 0.15},
}

_PATIENCE = 3000
"""Draws in a row without a new task after which a cell is said to be exhausted."""


def draw_tasks(
    split: Part,
    count: int,
    seed: int,
    *,
    mix: Mapping[int, float] = MIX,
    quotas: Mapping[tuple[int, str], int] | None = None,
    exclude: Collection[str] = (),
    rule: EdgeSplit = SPLIT,
) -> list[Task]:
    """``count`` tasks of one side of the split, spread over levels by ``mix`` and over families, in random order.

    ``quotas`` are least numbers for single (level, family) cells; with ``count=0`` they are the whole plan. No
    instruction comes twice, nor one that is in ``exclude``. The same arguments give the same tasks.
    Raises :class:`DataError` where fewer exist.
    """
    plan = planned(count, mix)
    for cell, least in (quotas or {}).items():
        plan[cell] = max(least, plan.get(cell, 0))
    taken = set(exclude)
    compass = Compass(rule, split)
    tasks: list[Task] = []
    for (level, family), number in sorted(plan.items()):
        rng = Random(f"{seed} {split} {level} {family}")
        tasks += [_draw_one(rng, compass, level, family, taken) for _ in range(number)]
    Random(f"{seed} {split} order").shuffle(tasks)
    return tasks


def seen_structure_tasks(
    quotas: Mapping[tuple[int, str], int], seed: int, *, exclude: Collection[str], rule: EdgeSplit = SPLIT
) -> list[Task]:
    """Tasks of train edges whose instruction is not in training (``exclude``): seen structure, new values."""
    return draw_tasks("train", 0, seed + 1_000_003, quotas=quotas, exclude=exclude, rule=rule)


def even_quotas(per_level: int) -> Plan:
    """``per_level`` tasks for each level, shared evenly among its families."""
    plan: Plan = {}
    for level, families in LEVELS.items():
        for place, family in enumerate(families):
            plan[level, family] = per_level // len(families) + (place < per_level % len(families))
    return plan


def planned(count: int, mix: Mapping[int, float] = MIX) -> Plan:
    """``count`` tasks spread over levels and families, by largest remainder."""
    shares = {
        (level, family): share * part for level, share in mix.items() for family, part in FAMILY_SHARES[level].items()
    }
    scale = count / (sum(shares.values()) or 1)
    plan = {cell: int(share * scale) for cell, share in shares.items()}
    by_remainder = sorted(shares, key=lambda cell: (plan[cell] - shares[cell] * scale, cell))
    for cell in by_remainder[: count - sum(plan.values())]:
        plan[cell] += 1
    return plan


def draw_draft(rng: Random, compass: Compass, level: int, family: str) -> tuple[Draft, set[str]] | None:
    """One draft of the compass's part and its signature; ``None`` where the dice gave another part or nothing."""
    draft = DRAWERS[family](rng, compass, level)
    if draft is None:
        return None
    edges = signature(draft)
    if compass.split.part_of(edges) != compass.part:
        return None
    if draft.broken and compass.split.part_of(edges | edges_of(draft.broken)) != compass.part:
        return None  # a broken program is read too: it must not show a held-out edge
    return draft, edges


def _draw_one(rng: Random, compass: Compass, level: int, family: str, taken: set[str]) -> Task:
    for _ in range(_PATIENCE):
        drawn = draw_draft(rng, compass, level, family)
        if drawn and drawn[0].instruction not in taken:
            draft, edges = drawn
            taken.add(draft.instruction)
            return finished(draft, level, compass.part, edges)
    raise DataError(
        f"There are no more {compass.part} tasks of level {level}, family {family}.",
        hint="Ask for fewer tasks, or for another mix of levels.",
    )
