"""A stretch of text that should not stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Finder = Callable[[str], "Iterator[Found]"]


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Characters ``start`` to ``end`` are personal data or a secret of this ``kind``; ``mark`` stands in their place."""

    start: int
    end: int
    kind: str
    mark: str
