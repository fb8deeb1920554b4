"""The settings of this plugin, found by Tokenloom under the entry point ``tokenloom.specs``; no torch here."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, setting


class FlowrollSource(Spec):
    """FLOWROLL: text or tasks of the workshop language, drawn when they are read; equal settings give equal rows."""

    kind: Literal["flowroll"] = "flowroll"
    part: Literal["pretrain", "all", "train", "validation", "test", "seen"] = setting("all", simple=True)
    """`pretrain` is language text, the others are tasks; `seen` has the structure of training with new values.
    `all` is every task: split it by its column `split`."""
    tasks: int = setting(24_000, ge=1, le=200_000, unit="rows", simple=True)
    """How many tasks `train` has (`seen` leaves out their instructions)."""
    documents: int = setting(30_000, ge=1, le=1_000_000, unit="rows", simple=True)
    """How many documents of language text `pretrain` has."""
    test_per_level: int = setting(200, ge=1, le=2_000, unit="rows")
    """Tasks of each of the 4 levels in `test` and in `seen`, shared evenly among the families."""
    validation_per_level: int = setting(100, ge=1, le=1_000, unit="rows")
    """Tasks of each of the 4 levels in `validation`, shared evenly among the families."""
    seed: int = 0
    """Another seed draws other rows; which compositions are held out never changes."""


class FlowrollExecution(Spec):
    """Share of answers that are right when run on hidden inputs, with 95 % interval, per level and family."""

    kind: Literal["flowroll_execution"] = "flowroll_execution"


SPECS: dict[str, list[type[Spec]]] = {"source": [FlowrollSource], "metric": [FlowrollExecution]}
