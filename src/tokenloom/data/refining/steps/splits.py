"""Dividing all rows anew, by the same code that divides them at an import."""

from __future__ import annotations

import array
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from tokenloom.data.importing.intake import content_hash
from tokenloom.data.importing.splitting import NAMES, assign_splits
from tokenloom.data.mapping import BadRow, check_columns, reader_of
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import Step, Whole
from tokenloom.spec.data import ColumnSplit
from tokenloom.spec.steps import ResplitStep


@builder.register
def _make(spec: ResplitStep, tools: Tools) -> Step:
    return Resplit(tools, spec)


class Resplit(Whole):
    """A row that is told apart by its content keeps its place by `hash`, as at an import."""

    def __init__(self, tools: Tools, spec: ResplitStep) -> None:
        super().__init__(tools.texts(spec))
        self._split, self._read = spec.split, reader_of(tools.mapping)
        self._column = spec.split.column if isinstance(spec.split, ColumnSplit) else None
        if self._column is not None and tools.columns:
            check_columns(ColumnSplit(column=self._column), tools.columns)
        self._hashes, self._values = array.array("Q"), list[str]()
        self._choice = np.zeros(0, np.int8)
        self._notes: list[str] = []
        self._moved: Counter[str] = Counter()

    def learn(self, items: Sequence[Item]) -> None:
        for item in items:
            try:
                example = self._read(item.number, item.row)
            except BadRow:  # it goes to the quarantine at the end, wherever it stands
                example = None
            self._hashes.append(content_hash(example))
            if self._column is not None:
                self._values.append(str(item.row.get(self._column) or ""))

    def settle(self) -> None:
        self._choice, self._notes = assign_splits(self._split, np.array(self._hashes, dtype=np.uint64), self._values)

    def fate(self, place: int, item: Item) -> Fate:
        split = NAMES[self._choice[place]]
        if split == item.split:
            return Fate(item)
        self._moved[f"{item.split} → {split}"] += 1
        return Fate(item.with_split(split))

    def facts(self) -> dict[str, Any]:
        return {"moved": dict(self._moved.most_common()), "notes": self._notes}
