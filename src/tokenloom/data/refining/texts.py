"""The texts of a row that its mapping names, wherever they stand: plain columns, messages, parts of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tokenloom.data.mapping import Row, role_of
from tokenloom.spec.base import Spec

_Path = tuple[str | int, ...]
_ASKED = ("prompt", "context", "system", "messages")
_ANSWERED = ("completion", "chosen", "rejected")


class Texts:
    """Reads and replaces texts. ``where``: ``all``, ``prompts`` (what is asked) or ``answers``; a plain text is always meant."""

    def __init__(self, mapping: Spec, where: str = "all") -> None:
        self.where = where
        named = {field: name for field, name in mapping.model_dump(exclude={"kind"}).items() if name is not None}
        self._columns = [(str(name), field in _ANSWERED) for field, name in named.items() if _is_text(field)]
        self._marks = [str(name) for field, name in named.items() if not _is_text(field)]
        self._is_plain = "text" in named

    def of(self, row: Row) -> list[str]:
        """The texts, in the order in which :meth:`put` takes them."""
        return [_at(row, path) for path in self._paths(row)]

    def whole(self, row: Row) -> str:
        """All of them as one text."""
        return "\n".join(self.of(row))

    def put(self, row: Row, texts: Sequence[str]) -> Row:
        """A copy of ``row`` with these texts; the rest is shared with ``row``."""
        new = dict(row)
        for path, text in zip(self._paths(row), texts, strict=True):
            _put(new, row, path, text)
        return new

    def told(self, row: Row) -> list[Any]:
        """All that makes two rows the same for a learner: the texts, and the class or verdict."""
        return [self.of(row), [row.get(name) for name in self._marks]]

    def _paths(self, row: Row) -> Iterator[_Path]:
        for column, is_answer in self._columns:
            value = row.get(column)
            if isinstance(value, str):
                if self._is_meant(is_answer):
                    yield (column,)
            elif isinstance(value, list):
                yield from self._of_messages(column, value)

    def _of_messages(self, column: str, turns: list[Any]) -> Iterator[_Path]:
        for place, turn in enumerate(turns):
            if not isinstance(turn, dict):
                continue
            key = "content" if "content" in turn else "value"
            content = turn.get(key)
            if not self._is_meant(role_of(turn) == "assistant"):
                continue
            if isinstance(content, str):
                yield (column, place, key)
            elif isinstance(content, list):
                for part, each in enumerate(content):
                    if isinstance(each, dict) and isinstance(each.get("text"), str):
                        yield (column, place, key, part, "text")

    def _is_meant(self, is_answer: bool) -> bool:
        return self._is_plain or self.where == "all" or (self.where == "answers") == is_answer


def _is_text(field: str) -> bool:
    return field == "text" or field in _ASKED or field in _ANSWERED


def _at(value: Any, path: _Path) -> str:
    for key in path:
        value = value[key]
    return str(value)


def _put(new: Any, old: Any, path: _Path, text: str) -> None:
    """Set the text at ``path`` of ``new``, copying whatever on the way is still shared with ``old``."""
    for key in path[:-1]:
        if new[key] is old[key]:
            new[key] = new[key].copy()
        new, old = new[key], old[key]
    new[path[-1]] = text
