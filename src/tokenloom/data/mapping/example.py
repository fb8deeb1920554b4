"""What a row says to a model, whatever its columns are called."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

Row = dict[str, Any]
Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """What one row says to a model: exactly one of ``text`` and ``messages`` is set. ``row`` is its number in the source.

    ``rejected``: the same conversation with a worse last answer · ``verdict``: whether the last answer is good · ``label``: the class of the text.
    """

    row: int
    text: str | None = None
    messages: list[Message] | None = None
    rejected: list[Message] | None = None
    verdict: bool | None = None
    label: str | None = None

    @property
    def texts(self) -> list[str]:
        """Everything that is read of it."""
        if self.text is not None:
            return [self.text]
        return [message["content"] for message in [*(self.messages or []), *(self.rejected or [])]]

    @property
    def said(self) -> str:
        """Its text, or its turns and the worse answer on lines of their own: what is counted and searched of a row."""
        if self.text is not None:
            return self.text
        return "\n".join(message["content"] for message in [*(self.messages or []), *(self.rejected or [])[-1:]])


def content_hash(example: Example) -> int:
    """64 bits of what the row says to a model; other columns do not count, so copies under other ids stay together."""
    said = orjson.dumps([example.text, example.messages])
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "little")


class BadRow(Exception):
    """A row that cannot be used; the message is the reason shown to the user."""
