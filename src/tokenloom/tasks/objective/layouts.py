"""Which layout of the tokens belongs to which objective."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.tokens.layout import (
    JudgedLayout,
    LabelLayout,
    LanguageLayout,
    Layout,
    PairLayout,
    PromptLayout,
    ScoredPairLayout,
)
from tokenloom.spec.training.objective import (
    ClassificationObjective,
    DistillationObjective,
    DpoObjective,
    GrpoObjective,
    KtoObjective,
    LanguageObjective,
    OrpoObjective,
    RewardObjective,
)


@singledispatch
def layout_of(objective: Any, labels: list[str]) -> Layout:
    """Which sequences a row becomes for this objective; ``labels`` as :func:`labels_for` gives them."""
    raise TypeError(f"no layout is known for {type(objective).__name__}")


@layout_of.register(LanguageObjective)
@layout_of.register(DistillationObjective)
def _(objective: Any, labels: list[str]) -> Layout:
    return LanguageLayout()


@layout_of.register(DpoObjective)
@layout_of.register(OrpoObjective)
def _(objective: Any, labels: list[str]) -> Layout:
    return PairLayout()


@layout_of.register
def _(objective: KtoObjective, labels: list[str]) -> Layout:
    return JudgedLayout()


@layout_of.register
def _(objective: GrpoObjective, labels: list[str]) -> Layout:
    return PromptLayout()


@layout_of.register
def _(objective: ClassificationObjective, labels: list[str]) -> Layout:
    return LabelLayout(labels)


@layout_of.register
def _(objective: RewardObjective, labels: list[str]) -> Layout:
    return ScoredPairLayout()


def labels_for(objective: Any, dataset: Dataset) -> list[str]:
    """Names of what a scorer tells; empty for objectives over tokens."""
    if isinstance(objective, ClassificationObjective):
        return dataset.labels()
    return ["reward"] if isinstance(objective, RewardObjective) else []


def room_for_answers(objective: Any) -> int:
    """Tokens that must stay free behind a sequence of the data."""
    return objective.max_new_tokens if isinstance(objective, GrpoObjective) else 0
