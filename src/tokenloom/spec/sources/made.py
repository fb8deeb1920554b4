"""Small generators for trying things out: their rows are made up, honest about it, and the same for the same seed."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, setting


class ArithmeticSource(Spec):
    """Made-up sums as questions and answers: a task that a small model learns within minutes, and whose answers can be checked."""

    kind: Literal["arithmetic"] = "arithmetic"
    rows: int = setting(5_000, ge=1, le=5_000_000, unit="rows", scale="log", simple=True)
    """How many different questions are drawn; fewer where there are not so many."""
    digits: int = setting(2, ge=1, le=9, unit="digits", simple=True)
    """Most digits of each number."""
    operations: Literal["add", "add_subtract", "add_subtract_multiply"] = "add_subtract"
    """Which operations are asked for."""
    seed: int = 0
    """Another seed draws other questions."""


class RecallSource(Spec):
    """Made-up notes with keys and values, and a question for one of them: shows whether a model can look something up in its context."""

    kind: Literal["recall"] = "recall"
    rows: int = setting(5_000, ge=1, le=1_000_000, unit="rows", scale="log", simple=True)
    """How many notes are drawn."""
    pairs: int = setting(8, ge=1, le=200, unit="pairs", simple=True)
    """Keys and values of each note: more make it harder and longer."""
    seed: int = 0
    """Another seed draws other notes."""


class StoriesSource(Spec):
    """Made-up stories of a few sentences from a tiny grammar: text for a first language model of a few thousand words."""

    kind: Literal["stories"] = "stories"
    rows: int = setting(5_000, ge=1, le=1_000_000, unit="rows", scale="log", simple=True)
    """How many stories are told."""
    sentences: int = setting(6, ge=3, le=40, unit="sentences", simple=True)
    """Sentences of each story, about."""
    seed: int = 0
    """Another seed tells other stories."""
