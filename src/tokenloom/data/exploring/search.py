"""One question put to all rows, block by block in the background; what is found so far can be looked at while it goes on."""

from __future__ import annotations

import threading
import time

import numpy as np
import polars as pl

from tokenloom.data.exploring.mirror import Mirror, Places
from tokenloom.kit.errors import TokenloomError

_FIRST_ROWS, _MOST_ROWS = 8_192, 131_072


class Search:
    """``found`` places in ascending order, of ``scanned`` rows. An error of the data is raised to whoever waits."""

    def __init__(self, mirror: Mirror, condition: pl.Expr) -> None:
        self._mirror, self._condition = mirror, condition
        self._parts: list[Places] = []
        self._changed = threading.Condition()
        self._error: TokenloomError | None = None
        self._is_given_up = False
        self.found = self.scanned = 0

    @property
    def is_complete(self) -> bool:
        return self.scanned >= self._mirror.total

    def run(self) -> None:
        """Go through all rows; ends early when given up."""
        start, count = 0, _FIRST_ROWS
        while start < self._mirror.total and not self._is_given_up:
            try:
                hits = self._mirror.block(start, count).select(self._condition.alias("hit")).to_series()
            except TokenloomError as error:
                self._end(error)
                return
            except pl.exceptions.PolarsError as error:  # a number too large for its column, say
                self._end(_unanswerable(str(error)))
                return
            places = (hits.arg_true().to_numpy().astype(np.int64) + start).astype(np.uint32)
            start, count = start + hits.len(), min(2 * count, _MOST_ROWS)
            with self._changed:
                self._parts.append(places)
                self.found += len(places)
                self.scanned = start
                self._changed.notify_all()

    def give_up(self) -> None:
        """Nobody asks any more; the next one who does begins anew."""
        self._is_given_up = True

    def wait(self, count: int, seconds: float | None) -> None:
        """Until ``count`` are found, all rows were looked at, or so much time has passed (None: however long it takes)."""
        deadline = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while self.found < count and not self.is_complete and self._error is None:
                left = None if deadline is None else deadline - time.monotonic()
                if (left is not None and left <= 0) or not self._changed.wait(left):
                    break
        if self._error is not None:
            raise self._error

    def places(self, start: int = 0, end: int | None = None) -> Places:
        """Those found so far, from the ``start``-th on."""
        with self._changed:
            parts = list(self._parts)
        if not parts:
            return np.zeros(0, np.uint32)
        return np.concatenate(parts)[start:end]

    def _end(self, error: TokenloomError) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()


def _unanswerable(reason: str) -> TokenloomError:
    from tokenloom.kit.errors import SpecError

    return SpecError(f"The rows cannot be compared in this way ({reason[:200]}).", hint="Change the filter.")
