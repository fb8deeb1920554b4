"""Which layout of the tokens belongs to which objective."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.tokens.layout import JudgedLayout, LanguageLayout, Layout, PairLayout, PromptLayout
from tokenloom.spec.training.objective import (
    DistillationObjective,
    DpoObjective,
    GrpoObjective,
    KtoObjective,
    LanguageObjective,
    OrpoObjective,
)


@singledispatch
def layout_of(objective: Any, dataset: Dataset) -> Layout:
    """Which sequences a row becomes for this objective."""
    raise TypeError(f"no layout is known for {type(objective).__name__}")


@layout_of.register(LanguageObjective)
@layout_of.register(DistillationObjective)
def _(objective: Any, dataset: Dataset) -> Layout:
    return LanguageLayout()


@layout_of.register(DpoObjective)
@layout_of.register(OrpoObjective)
def _(objective: Any, dataset: Dataset) -> Layout:
    return PairLayout()


@layout_of.register
def _(objective: KtoObjective, dataset: Dataset) -> Layout:
    return JudgedLayout()


@layout_of.register
def _(objective: GrpoObjective, dataset: Dataset) -> Layout:
    return PromptLayout()


def room_for_answers(objective: Any) -> int:
    """Tokens that must stay free behind a sequence of the data."""
    return objective.max_new_tokens if isinstance(objective, GrpoObjective) else 0
