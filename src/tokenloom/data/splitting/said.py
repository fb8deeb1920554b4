"""What the rows say that a split looks at, kept as one number a row: the texts themselves are forgotten."""

from __future__ import annotations

import array
import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tokenloom.spec.base import Spec
from tokenloom.spec.split import GroupedSplit, TimeSplit

MOST_NAMES = 10_000  # different texts of a column that are remembered; a column of classes or splits has far fewer
OTHER = -1
_NAME_CHARS = 1_000
_SHOWN = 20
_MILLISECONDS = 1e11  # numbers beyond (in seconds: the year 5138) count milliseconds


class Said:
    """By :class:`GroupedSplit` a hash of each text (0 where there is none), by :class:`TimeSplit` its time, else its place in :attr:`names`.

    Eight bytes a row are held, and at most ten thousand different texts; longer ones are told apart by a hash.
    """

    def __init__(self, spec: Spec, texts: Iterable[str] = ()) -> None:
        self.names: dict[str, int] = {}
        self.unreadable: list[tuple[int, str]] = []
        """Place and text of the first that are no time; :attr:`num_unreadable` counts all."""
        self.num_unreadable = 0
        self._number = {GroupedSplit: _hash, TimeSplit: self._time}.get(type(spec), self._place)
        self._is_named = self._number == self._place
        self._numbers: array.array[Any] = array.array("d" if isinstance(spec, TimeSplit) else "q")
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, text: str) -> None:
        """What the next row says; empty where it says nothing."""
        self._numbers.append(self._number(text))

    @property
    def numbers(self) -> np.ndarray[Any, Any]:
        """One number a row, without a copy; nothing may be added while it is held."""
        return np.frombuffer(self._numbers, dtype=self._numbers.typecode)

    def counts(self) -> Counter[str]:
        """Rows of each name; those beyond the ten thousandth are left out."""
        numbers = self.numbers
        rows = np.bincount(numbers[numbers >= 0], minlength=len(self.names))
        return Counter({name: int(rows[place]) for name, place in self.names.items()})

    def _place(self, text: str) -> int:
        name = text if len(text) <= _NAME_CHARS else f"{text[:60]}… ({_hash(text):x})"
        if name not in self.names and len(self.names) >= MOST_NAMES:
            return OTHER
        return self.names.setdefault(name, len(self.names))

    def _time(self, text: str) -> float:
        found = time_of(text)
        if not np.isfinite(found):
            self.num_unreadable += 1
            if len(self.unreadable) < _SHOWN:
                self.unreadable.append((len(self), text[:60]))
        return found


def _hash(text: str) -> int:
    """64 bits of a text, never 0; 0 where there is none."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "little", signed=True) or 1) if text else 0


def time_of(text: str) -> float:
    """Seconds since 1970, not finite where ``text`` is no time. A time without a zone counts as UTC."""
    text = text.strip()
    try:
        number = float(text)
        return number / 1000 if abs(number) > _MILLISECONDS else number
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return float("nan")
