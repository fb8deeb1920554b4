"""Arrays with a number for each row of a dataset, on the disk, so that memory does not grow with the rows."""

from __future__ import annotations

import array
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

BLOCK = 1 << 18  # numbers held at a time
_BATCH = 1 << 21  # hashes that are counted at a time


class FileArray:
    """64-bit whole numbers in a file: appended one by one, then read in slices; ``np.asarray`` takes all of them into memory.

    ``code`` is ``q`` for numbers with a sign, ``Q`` for those without.
    """

    def __init__(self, path: Path, code: str) -> None:
        self.path, self.dtype = path, np.dtype(code)
        self._file: IO[bytes] = path.open("wb", buffering=0)
        self._waiting = array.array(code)
        self._written = 0

    def __len__(self) -> int:
        return self._written + len(self._waiting)

    def __getitem__(self, part: slice) -> np.ndarray[Any, Any]:
        self._flush()
        first, last, step = part.indices(len(self))
        found = np.fromfile(self.path, self.dtype, max(0, last - first), offset=first * self.dtype.itemsize)
        return found[::step]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return self[:] if dtype is None else self[:].astype(dtype)

    def append(self, number: int) -> None:
        """Put one number behind the others."""
        self._waiting.append(number)
        if len(self._waiting) >= BLOCK:
            self._flush()

    def close(self) -> None:
        """Write what waits; numbers can be read after it, not appended."""
        try:
            self._flush()
        finally:
            self._file.close()

    def save(self, path: Path) -> None:
        """All numbers as a ``.npy`` file."""
        self._flush()
        with path.open("wb") as target, self.path.open("rb") as source:
            header = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": (len(self),)}
            np.lib.format.write_array_header_1_0(target, header)
            shutil.copyfileobj(source, target, 1 << 20)

    def _flush(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, array.array(self._waiting.typecode)
        left = memoryview(waiting).cast("B")
        self._written += len(waiting)
        while left:
            left = left[self._file.write(left) :]


Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Numbers = np.ndarray[Any, Any] | FileArray


def blocks_of(numbers: Numbers) -> Iterator[np.ndarray[Any, Any]]:
    """The numbers in order, some at a time."""
    for first in range(0, len(numbers), BLOCK):
        yield numbers[first : first + BLOCK]


def count_copies(hashes: Numbers) -> tuple[int, int]:
    """(rows that repeat one before them, contents that stand in several rows), exactly.

    ``hashes`` are spread evenly over 64 bits. Those of one range are counted at a time, each range in a pass over all, so that about two
    million are held however many there are.
    """
    ranges = -(-len(hashes) // _BATCH)
    width = -(-(1 << 64) // max(1, ranges))
    different = contents = 0
    for number in range(ranges):
        values, seconds = _counts(_within(hashes, number * width, min((number + 1) * width, 1 << 64) - 1))
        different, contents = different + values, contents + seconds
    return len(hashes) - different, contents


def _counts(found: Hashes) -> tuple[int, int]:
    """Of sorted hashes, each twice at most: how many different ones, and how many stand there twice."""
    seconds = int(np.count_nonzero(found[1:] == found[:-1]))
    return len(found) - seconds, seconds


def _within(hashes: Numbers, first: int, last: int) -> Hashes:
    """The hashes from ``first`` to ``last``, sorted, and each of them twice at most."""
    waiting: list[Hashes] = []
    most = 2 * _BATCH
    for block in blocks_of(hashes):
        waiting.append(block[(block >= np.uint64(first)) & (block <= np.uint64(last))])
        if sum(map(len, waiting)) > most:
            waiting = [_squeezed(waiting)]
            most = max(most, 2 * len(waiting[0]))
    return _squeezed(waiting)


def _squeezed(parts: list[Hashes]) -> Hashes:
    together = np.concatenate(parts)
    together.sort()
    is_kept = np.ones(len(together), bool)
    is_kept[2:] = together[2:] != together[:-2]
    return together[is_kept]
