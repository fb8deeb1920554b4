"""Dividing all rows anew, by the same code that divides them at an import."""

from __future__ import annotations

import array
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from tokenloom.data.mapping import BadRow, check_columns, content_hash, reader_of
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import Step, Whole
from tokenloom.data.splitting import NAMES, Said, assign_splits, split_column
from tokenloom.kit.errors import SpecError
from tokenloom.spec.split import ColumnSplit, FilesSplit
from tokenloom.spec.steps import ResplitStep


@builder.register
def _make(spec: ResplitStep, tools: Tools) -> Step:
    return Resplit(tools, spec)


class Resplit(Whole):
    """A row that is told apart by its content keeps its place by `hash`, as at an import."""

    def __init__(self, tools: Tools, spec: ResplitStep) -> None:
        super().__init__(tools.texts(spec))
        if any(kind.startswith("augment_") for kind in tools.earlier):
            raise SpecError(
                "The dataset holds rows that were made from others; split anew, some would be tested on.",
                hint="Split the version before the new rows were added, then add them again.",
            )
        self._split, self._read = spec.split, reader_of(tools.mapping)
        self._column = "file" if isinstance(spec.split, FilesSplit) else split_column(spec.split, tools.mapping)
        if self._column is not None and tools.columns:
            check_columns(ColumnSplit(column=self._column), tools.columns)
        self._hashes, self._said = array.array("Q"), Said(spec.split)
        self._choice = np.zeros(0, np.int8)
        self._notes: list[str] = []
        self._moved: Counter[str] = Counter()

    def learn(self, items: Sequence[Item]) -> None:
        for item in items:
            try:
                self._hashes.append(content_hash(self._read(item.number, item.row)))
            except BadRow:  # it goes to the quarantine at the end, wherever it stands
                self._hashes.append(0)
            if self._column is not None:
                value = item.row.get(self._column)
                self._said.add("" if value is None else str(value))

    def settle(self) -> None:
        self._choice, self._notes = assign_splits(self._split, np.frombuffer(self._hashes, dtype=np.uint64), self._said)

    def fate(self, place: int, item: Item) -> Fate:
        split = NAMES[self._choice[place]]
        if split == item.split:
            return Fate(item)
        self._moved[f"{item.split} → {split}"] += 1
        return Fate(item.with_split(split))

    def facts(self) -> dict[str, Any]:
        return {"moved": dict(self._moved.most_common()), "notes": self._notes}
