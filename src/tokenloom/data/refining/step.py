"""What a step is: it sees batches of items, in order, and says what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.texts import Texts


class Step(Protocol):
    """A step that ``looks_first`` gets all items through :meth:`learn`, then :meth:`settle`, and then once more, in the same order, through :meth:`apply`."""

    looks_first: bool
    is_private: bool
    """Whether what it takes away must stand neither in the report nor in the quarantine of the new version."""

    def learn(self, items: Sequence[Item]) -> None: ...
    def settle(self) -> None: ...
    def apply(self, items: Sequence[Item]) -> list[Fate]: ...
    def conceal(self, text: str) -> str:
        """The text as it may be shown after a private step."""
        ...

    def facts(self) -> dict[str, Any]:
        """What was found beside the counts, for the report; JSON."""
        ...

    def close(self) -> None:
        """Free what it holds outside memory."""
        ...


class PlainStep:
    """A step without a first look."""

    looks_first: bool = False
    is_private: bool = False

    def learn(self, items: Sequence[Item]) -> None:
        raise NotImplementedError("this step looks at each item once")

    def settle(self) -> None:
        """Nothing to settle."""

    def conceal(self, text: str) -> str:
        return text

    def facts(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        """Nothing to free."""


class Edit(PlainStep):
    """A step that changes texts one by one."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def change(self, text: str) -> str:
        """The text as it should be."""
        raise NotImplementedError

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        return [Fate(self._edited(item)) for item in items]

    def _edited(self, item: Item) -> Item:
        before = self.texts.of(item.row)
        after = [self.change(text) for text in before]
        return item if after == before else item.with_row(self.texts.put(item.row, after))


class Filter(PlainStep):
    """A step that keeps or drops each row by itself."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def reason(self, item: Item) -> str:
        """Why the item is dropped; empty where it stays."""
        raise NotImplementedError

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        return [Fate(None, reason) if (reason := self.reason(item)) else Fate(item) for item in items]


class Whole(PlainStep):
    """A step that must see all rows before it can say anything of one; it is told of them in the same order twice."""

    looks_first = True
    priorities: ClassVar[dict[str, int]] = {"test": 0, "validation": 1}
    """Of copies in several splits the one with the lowest number stays; other splits have 2."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._next = 0

    def fate(self, place: int, item: Item) -> Fate:
        """What becomes of the item at ``place`` (from 0)."""
        raise NotImplementedError

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        start, self._next = self._next, self._next + len(items)
        return [self.fate(place, item) for place, item in enumerate(items, start=start)]
