"""Rows that say what others say: exact copies, near-duplicates, and training rows that stand in validation or test."""

from __future__ import annotations

import array
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from tokenloom.data.likeness import LikenessIndex, Match, joined
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import Step, Whole
from tokenloom.spec.steps import DuplicatesStep, LeakageStep, NearDuplicatesStep

_LISTED_GROUPS = 50


@builder.register
def _make_duplicates(spec: DuplicatesStep, tools: Tools) -> Step:
    return Duplicates(tools, spec)


@builder.register
def _make_near(spec: NearDuplicatesStep, tools: Tools) -> Step:
    return NearDuplicates(tools, spec)


@builder.register
def _make_leakage(spec: LeakageStep, tools: Tools) -> Step:
    return Leakage(tools, spec)


class Duplicates(Whole):
    """Rows are the same where all their texts and their class are; 128 bits of a hash stand for them."""

    def __init__(self, tools: Tools, spec: DuplicatesStep) -> None:
        super().__init__(tools.texts(spec))
        self._ignore_case = spec.ignore_case
        self._keys, self._numbers, self._priorities = array.array("Q"), array.array("q"), array.array("b")
        self._stays_for = np.zeros(0, np.int64)

    def learn(self, items: Sequence[Item]) -> None:
        for item in items:
            self._keys.frombytes(self._key(item))
            self._numbers.append(item.number)
            self._priorities.append(self.priorities.get(item.split, 2))

    def settle(self) -> None:
        keys = np.array(self._keys, dtype=np.uint64).reshape(-1, 2)
        order = np.lexsort((np.arange(len(keys)), np.array(self._priorities), keys[:, 1], keys[:, 0]))
        is_first = np.r_[True, (keys[order][1:] != keys[order][:-1]).any(axis=1)][: len(order)]
        self._stays_for = np.empty(len(order), np.int64)
        self._stays_for[order] = order[np.flatnonzero(is_first)[np.cumsum(is_first) - 1]] if len(order) else order
        self._keys = array.array("Q")

    def fate(self, place: int, item: Item) -> Fate:
        first = int(self._stays_for[place])
        return Fate(item) if first == place else Fate(None, f"the same as another row (row {self._numbers[first]})")

    def facts(self) -> dict[str, Any]:
        _, sizes = np.unique(self._stays_for, return_counts=True)
        return {"groups": int((sizes > 1).sum()), "largest_group": int(sizes.max(initial=0))}

    def _key(self, item: Item) -> bytes:
        texts, marks = self.texts.told(item.row)
        if self._ignore_case:
            texts = [" ".join(text.casefold().split()) for text in texts]
        said = orjson.dumps([texts, marks], default=str)
        return hashlib.blake2b(said, digest_size=16).digest()


class _Alike(Whole):
    """A step that sketches every row at its first look."""

    def __init__(self, tools: Tools, spec: NearDuplicatesStep | LeakageStep) -> None:
        super().__init__(tools.texts(spec))
        self._threshold, self._watch = spec.threshold, tools.watch
        self._index = LikenessIndex(tools.folder, words=spec.words)
        self._numbers, self._priorities = array.array("q"), array.array("b")

    def learn(self, items: Sequence[Item]) -> None:
        self._index.add([joined(self.texts.of(item.row)) for item in items])
        for item in items:
            self._numbers.append(item.number)
            self._priorities.append(self.priorities.get(item.split, 2))

    def close(self) -> None:
        self._index.close()


class NearDuplicates(_Alike):
    def __init__(self, tools: Tools, spec: NearDuplicatesStep) -> None:
        super().__init__(tools, spec)
        self._keep_longest = spec.keep == "longest"
        self._lengths = array.array("q")
        self._stays_for: dict[int, int] = {}
        self._groups: list[dict[str, Any]] = []
        self._num_groups = 0

    def learn(self, items: Sequence[Item]) -> None:
        super().learn(items)
        self._lengths.extend(sum(map(len, self.texts.of(item.row))) for item in items)

    def settle(self) -> None:
        groups = self._index.clusters(self._threshold, self._watch).groups()
        self._num_groups = len(groups)
        for group in groups:
            places = group.tolist()
            best = min(places, key=self._rank)
            self._stays_for.update((place, best) for place in places if place != best)
            if len(self._groups) < _LISTED_GROUPS:
                self._groups.append(
                    {
                        "kept": self._numbers[best],
                        "rows": [self._numbers[place] for place in places[:20]],
                        "size": len(places),
                    }
                )
        self._index.close()

    def fate(self, place: int, item: Item) -> Fate:
        best = self._stays_for.get(place)
        return Fate(item) if best is None else Fate(None, f"nearly the same as another row (row {self._numbers[best]})")

    def facts(self) -> dict[str, Any]:
        return {"groups": self._num_groups, "largest_groups": self._groups}

    def _rank(self, place: int) -> tuple[int, int, int]:
        return self._priorities[place], -self._lengths[place] if self._keep_longest else 0, place


class Leakage(_Alike):
    def __init__(self, tools: Tools, spec: LeakageStep) -> None:
        super().__init__(tools, spec)
        self._leaks: dict[int, Match] = {}
        self._num_held_out = 0

    def settle(self) -> None:
        is_held_out = np.array(self._priorities, dtype=np.int8) < 2
        self._num_held_out = int(is_held_out.sum())
        found = self._index.matches(~is_held_out, is_held_out, self._threshold, self._watch)
        self._leaks = {match.place: match for match in found}
        self._index.close()

    def fate(self, place: int, item: Item) -> Fate:
        leak = self._leaks.get(place)
        if leak is None:
            return Fate(item)
        held_out = "test" if self._priorities[leak.other] == 0 else "validation"
        how = "also stands" if leak.similarity == 1 else "nearly stands"
        return Fate(None, f"{how} in {held_out} (row {self._numbers[leak.other]}, similarity {leak.similarity:.2f})")

    def facts(self) -> dict[str, Any]:
        exact = sum(match.similarity == 1 for match in self._leaks.values())
        return {"held_out_rows": self._num_held_out, "exact": exact, "near": len(self._leaks) - exact}
