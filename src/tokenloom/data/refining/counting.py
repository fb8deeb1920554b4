"""What a step did, counted: the part of a report that belongs to it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from tokenloom.data.refining.item import Item, general

EXAMPLES = 10
"""Kept of changed and of dropped rows each."""
_EXCERPT = 600
_LEAD = 80  # characters kept before the first difference
_MAX_REASONS = 40


Conceal = Callable[[str], str]


class Tally:
    """Counts of one step, and a fair draw of examples."""

    def __init__(self, place: int, settings: dict[str, Any], *, conceal: Conceal | None = None, seed: int = 0) -> None:
        self.place, self.settings, self._conceal = place, settings, conceal
        self.rows_in = self.rows_out = self.changed = self.moved = self.added = 0
        self.characters_in = self.characters_removed = 0
        self.reasons: Counter[str] = Counter()
        self.examples: list[dict[str, Any]] = []
        self.dropped_examples: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}
        self._draw = random.Random(seed)

    @property
    def name(self) -> str:
        """How the step is called in a ledger: its place and kind."""
        return f"{self.place + 1} {self.settings['kind']}"

    @property
    def dropped(self) -> int:
        return self.reasons.total()

    def change(self, item: Item, before: list[str], after: list[str]) -> None:
        """Count a row whose texts were changed."""
        self.changed += 1
        self.characters_removed += sum(map(len, before)) - sum(map(len, after))
        place = self._place(self.examples, self.changed)
        if place is not None:
            one, other = excerpts(self._shown(before), self._shown(after))
            self.examples[place : place + 1] = [
                {"row": item.number, "split": item.split, "before": one, "after": other}
            ]

    def drop(self, item: Item, reason: str, texts: list[str]) -> None:
        """Count a row that was dropped."""
        kind = general(reason)
        self.reasons[kind if kind in self.reasons or len(self.reasons) < _MAX_REASONS else "other reasons"] += 1
        place = self._place(self.dropped_examples, self.dropped)
        if place is not None:
            shown = [_cut(text, 0) for text in self._shown(texts)]
            self.dropped_examples[place : place + 1] = [
                {"row": item.number, "split": item.split, "reason": reason, "texts": shown}
            ]

    def report(self) -> dict[str, Any]:
        """JSON for the report of the version."""
        return {
            "kind": self.settings["kind"],
            "settings": self.settings,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "changed": self.changed,
            "moved": self.moved,
            "added": self.added,
            "dropped": self.dropped,
            "reasons": dict(self.reasons.most_common()),
            "characters_in": self.characters_in,
            "characters_removed": self.characters_removed,
            "examples": sorted(self.examples, key=lambda example: example["row"]),
            "dropped_examples": sorted(self.dropped_examples, key=lambda example: example["row"]),
            "facts": self.facts,
        }

    def _shown(self, texts: list[str]) -> list[str]:
        return texts if self._conceal is None else [self._conceal(text) for text in texts]

    def _place(self, kept: list[dict[str, Any]], count: int) -> int | None:
        """Where the ``count``-th candidate goes so that all have the same chance (Vitter's algorithm R); ``None``: nowhere."""
        if len(kept) < EXAMPLES:
            return len(kept)
        place = self._draw.randrange(count)
        return place if place < EXAMPLES else None


def excerpts(before: list[str], after: list[str], limit: int = _EXCERPT) -> tuple[list[str], list[str]]:
    """Both texts around their first difference; texts that stayed the same are cut at ``limit``."""
    shown_before, shown_after = [], []
    for one, other in zip(before, after, strict=True):
        start = max(0, _common(one, other) - _LEAD) if one != other and max(len(one), len(other)) > limit else 0
        shown_before.append(_cut(one, start, limit))
        shown_after.append(_cut(other, start, limit))
    return shown_before, shown_after


def _common(one: str, other: str) -> int:
    """Characters that both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, start: int, limit: int = _EXCERPT) -> str:
    part = text[start : start + limit]
    return f"{'…' if start else ''}{part}{'…' if start + limit < len(text) else ''}"
