"""Drawing rows, making new ones of them, numbering those."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

from tokenloom.data.refining.building import Tools
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import PlainStep
from tokenloom.kit.errors import DataError
from tokenloom.spec.steps.augmenting import AugmentSpec

SOURCE_ROW = "source_row"
_TRIES = 3
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]+|\s+")
Draw = random.Random


class Augment(PlainStep):
    """Each training row keeps its place; new rows come right after it, in the training split, with a column that names it.

    What is drawn depends on the seed and the row's number alone, so the same row gives the same new rows whatever stands around it. A text
    that no change could be made to gives no new row, and is counted.
    """

    def __init__(self, tools: Tools, spec: AugmentSpec) -> None:
        if SOURCE_ROW in tools.columns and not any(kind.startswith("augment_") for kind in tools.earlier):
            raise DataError(
                f"The dataset has a column “{SOURCE_ROW}” already, in which new rows name the row they were made from.",
                hint="Rename that column before the import.",
            )
        self._texts, self._spec, self._numbers = tools.texts(spec), spec, tools.numbers
        self._unchanged = 0

    def change(self, text: str, draw: Draw) -> str:
        """Another text that can stand for this one; the same text where there is none."""
        raise NotImplementedError

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        return [Fate(item, added=tuple(self._new(item))) for item in items]

    def facts(self) -> dict[str, Any]:
        return {"unchanged": self._unchanged}

    def _new(self, item: Item) -> list[Item]:
        draw = random.Random(f"{self._spec.seed}:{item.number}")
        if item.split != "train" or draw.random() >= self._spec.rate:
            return []
        before = self._texts.of(item.row)
        seen, made = [before], []
        for _ in range(self._spec.copies):
            after = next((tried for tried in self._tries(before, draw) if tried not in seen), None)
            if after is None:
                self._unchanged += 1
                continue
            seen.append(after)
            row = self._texts.put(item.row, after) | {SOURCE_ROW: item.row.get(SOURCE_ROW) or item.number}
            made.append(Item(next(self._numbers), "train", row))
        return made

    def _tries(self, before: list[str], draw: Draw) -> Any:
        for _ in range(_TRIES):
            yield [self.change(text, draw) if text.strip() else text for text in before]


def words_of(text: str) -> tuple[list[str], list[int]]:
    """The text in pieces that join to it again, and the places of the words among them."""
    pieces = WORD.findall(text)
    return pieces, [place for place, piece in enumerate(pieces) if piece[0].isalnum()]


def chosen(places: Sequence[int], share: float, draw: Draw) -> list[int]:
    """About ``share`` of the places, at least one where there is any."""
    count = min(len(places), max(1, round(share * len(places))))
    return sorted(draw.sample(list(places), count))
