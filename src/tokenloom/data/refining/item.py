"""What flows through the steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tokenloom.data.mapping import Row


@dataclass(frozen=True, slots=True)
class Item:
    """One row with its number and its split. Steps never change a row in place: a changed row is a new dict."""

    number: int
    split: str
    row: Row

    def with_row(self, row: Row) -> Item:
        return replace(self, row=row)

    def with_split(self, split: str) -> Item:
        return replace(self, split=split)


@dataclass(frozen=True, slots=True)
class Fate:
    """What a step did with one item: kept it (``item``, the very same object where nothing changed) or dropped it for a ``reason``.

    What differs from row to row stands in parentheses at the end of the reason, so that reasons can be counted. ``added``: new items that
    come after it.
    """

    item: Item | None
    reason: str = ""
    added: tuple[Item, ...] = ()


def general(reason: str) -> str:
    """The part of a reason that rows share."""
    return reason.partition(" (")[0]
