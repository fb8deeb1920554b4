"""The door for metrics: ``build_metric(spec)`` gives an object that scores answers. Plugins register their own spec type.

@build_metric.register
def _(spec: MySpec) -> AnswerMetric: ...
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any, Protocol

Row = dict[str, Any]


class AnswerMetric(Protocol):
    """Scores one answer per row. ``references`` are the answers that the rows give."""

    @property
    def name(self) -> str: ...

    def score(self, rows: Sequence[Row], answers: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
        """Numbers under short names (shares in 0 … 1); ``per_row`` may list one number per row; ``table`` may hold groups."""
        ...


@singledispatch
def build_metric(spec: Any) -> AnswerMetric | None:
    """The metric of a spec; ``None`` for those that need no answers."""
    raise TypeError(f"no metric is registered for {type(spec).__name__}")
