"""A score for each row, from documented signals and, if wanted, from a model's perplexity."""

from __future__ import annotations

import array
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import Step
from tokenloom.data.refining.steps.filters import check_languages
from tokenloom.data.refining.steps.signals import score, signals
from tokenloom.kit.errors import DataError
from tokenloom.spec.steps import QualityStep

COLUMN, OTHER_COLUMN = "quality", "quality_score"
_BINS = 20


@builder.register
def _make(spec: QualityStep, tools: Tools) -> Step:
    return Quality(tools, spec)


class Quality:
    """With a model it looks first: how good a perplexity is depends on those of all rows (good up to the median, poor at the highest)."""

    is_private = False

    def __init__(self, tools: Tools, spec: QualityStep) -> None:
        check_languages(spec.languages)
        self.texts, self._spec = tools.texts(spec), spec
        self.column = OTHER_COLUMN if COLUMN in tools.columns and "quality" not in tools.earlier else COLUMN
        self._judge = None
        self._note = ""
        if spec.perplexity_model:
            if tools.judge_of is not None:
                self._judge = tools.judge_of(spec.perplexity_model)
            elif tools.is_preview:
                self._note = "The perplexity is measured when the version is made; this preview is without it."
            else:
                raise DataError(
                    "No model can be loaded here to measure perplexity.", hint="Leave perplexity_model empty."
                )
        self.looks_first = self._judge is not None
        self._perplexities = array.array("d")
        self._good = self._poor = 0.0
        self._next = 0
        self._histogram = [0] * _BINS
        self._sums: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def learn(self, items: Sequence[Item]) -> None:
        assert self._judge is not None
        self._perplexities.extend(self._judge([self.texts.whole(item.row) for item in items]))

    def settle(self) -> None:
        logs = np.log(np.maximum(np.array(self._perplexities), 1.0))
        logs = logs[np.isfinite(logs)]
        if len(logs):
            self._good, self._poor = float(np.median(logs)), float(logs.max())

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        return [self._fate(item) for item in items]

    def conceal(self, text: str) -> str:
        return text

    def facts(self) -> dict[str, Any]:
        means = {name: round(total / self._counts[name], 4) for name, total in self._sums.items()}
        told: dict[str, Any] = {"column": self.column, "histogram": self._histogram, "signals": means}
        return told | ({"note": self._note} if self._note else {})

    def close(self) -> None:
        self._judge = None

    def _fate(self, item: Item) -> Fate:
        found = signals(self.texts.whole(item.row), self._spec.languages)
        if self.looks_first:
            found["perplexity"] = self._rank(self._perplexities[self._next])
            self._next += 1
        value = score(found)
        for name, signal in found.items():
            if signal is not None:
                self._sums[name] += signal  # type: ignore[assignment]
                self._counts[name] += 1
        self._histogram[min(_BINS - 1, int(value * _BINS))] += 1
        if value < self._spec.threshold:
            worst = min((name for name in found if found[name] is not None), key=lambda name: found[name] or 0.0)
            return Fate(
                None, f"quality below {self._spec.threshold:g} ({value:.2f}; poorest: {worst.replace('_', ' ')})"
            )
        return Fate(item.with_row({**item.row, self.column: value}))

    def _rank(self, perplexity: float) -> float | None:
        if math.isnan(perplexity):  # too short to tell
            return None
        value = math.log(max(perplexity, 1.0))
        return (
            1.0
            if value <= self._good or self._poor <= self._good
            else max(0.0, (self._poor - value) / (self._poor - self._good))
        )
