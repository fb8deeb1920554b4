"""From the bytes of a log to columns, as fast as memory allows.

Rows of one layout that follow each other are one numpy view, and their checksums are verified by one CRC call: a record
that ends in its own CRC-32 always leaves the CRC register at the same residue, so the CRC of ``m`` sound records of
equal size is a constant that does not depend on what they say.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tokenloom.kit.errors import DataError
from tokenloom.tracking import records

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIRST_READ_BYTES, READ_BYTES = 256 << 10, 4 << 20
_RESIDUE = 0x2144DF1C  # CRC-32 of any text followed by its own CRC-32, little-endian
_FIRST_RUN, _MAX_RUN = 64, 1 << 14
_ZEROS = bytes(READ_BYTES)


@dataclass(slots=True)
class RowBlock:
    """Consecutive rows of one layout: ``values[row, key]``, and the offset at which each row ends."""

    keys: tuple[str, ...]
    steps: Ints
    times: Floats
    values: Floats
    ends: Ints


@dataclass(slots=True)
class EventAt:
    """One event and the offset at which its record ends."""

    data: dict[str, Any]
    end: int


Block = RowBlock | EventAt


def scan(path: Path, offset: int = 0, *, stop: int | None = None) -> Iterator[Block]:
    """Blocks of a log from ``offset`` (a record's end, or 0) to the first record that is not whole.

    Raises :class:`DataError` when the file is not a run log of this version. A missing file has no blocks.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        yield from _Decoder(descriptor, path).blocks(offset, stop)
    finally:
        os.close(descriptor)


def sound_end(path: Path) -> int:
    """Offset after the last record before the first broken one (0 for a file without even a magic)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        decoder = _Decoder(descriptor, path)
        for _ in decoder.blocks(0, None):
            pass
        return decoder.end
    finally:
        os.close(descriptor)


class _Decoder:
    """Walks one open file; ``end`` is the offset after the newest sound record."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self.descriptor = descriptor
        self.path = path
        self.end = 0
        self.layouts: dict[int, tuple[str, ...] | None] = {}

    def blocks(self, offset: int, stop: int | None) -> Iterator[Block]:
        if not self._has_magic():
            return
        self.end = max(offset, records.START)
        size = FIRST_READ_BYTES
        while stop is None or self.end < stop:
            wanted = size if stop is None else min(size, stop - self.end)
            before = self.end
            data = os.pread(self.descriptor, wanted, before)
            yield from self._decode(data)
            if len(data) < size:
                return  # the end of the file, or a record that is not whole
            if self.end > before:
                size = min(size * 4, READ_BYTES)
            elif size > records.MAX_PAYLOAD:
                return
            else:
                size *= 4  # one record larger than a read

    def _has_magic(self) -> bool:
        magic = os.pread(self.descriptor, records.START, 0)
        if len(magic) == records.START and magic != records.MAGIC:
            newer = magic[:5] == records.MAGIC[:5]
            raise DataError(
                f"{self.path.name} is {'a log of another version' if newer else 'not a run log'}.",
                hint="Update Tokenloom." if newer else "Restore the file from a copy, or delete the run.",
            )
        return len(magic) == records.START

    def _decode(self, data: bytes) -> Iterator[Block]:
        """Blocks of the whole records in ``data``, which starts at ``self.end``; moves ``self.end`` past each."""
        base, position, window = self.end, 0, _FIRST_RUN
        while position + records.OVERHEAD <= len(data):
            length, kind = records.HEAD.unpack_from(data, position)
            size = length + records.OVERHEAD
            if length > records.MAX_PAYLOAD or position + size > len(data):
                return
            if kind == records.ROW:
                count = _same_rows(data, position, size, window)
                block = self._rows(data, position, size, count, base)
                if block is None:
                    return
                window = min(_MAX_RUN, window * 4) if count == window else max(_FIRST_RUN, count)
                position = self.end - base
                yield block
            elif _is_sound(data, position, size):
                position += size
                self.end = base + position
                if kind == records.EVENT:
                    yield EventAt(_parse(data[position - length - 4 : position - 4]), self.end)
            else:
                return

    def _rows(self, data: bytes, position: int, size: int, count: int, base: int) -> RowBlock | None:
        """Verified rows; fewer than ``count`` before a broken one, None when the first is broken."""
        width = _width(size)
        count = _sound_rows(data, position, size, count) if width else 0
        if not count:
            return None
        rows = np.frombuffer(data, _row_type(width, size), count, position)
        keys = self._layout(int(rows["keys"][0]))
        if keys is None or len(keys) != width:
            return None
        self.end = base + position + size * count
        ends = np.arange(self.end - size * (count - 1), self.end + 1, size, dtype=np.int64)
        steps, times = rows["step"].astype(np.int64), rows["time"].astype(np.float64)
        return RowBlock(keys, steps, times, rows["values"].astype(np.float64), ends)

    def _layout(self, offset: int) -> tuple[str, ...] | None:
        """The names in the KEYS record at ``offset``; None when there is no such sound record."""
        if offset not in self.layouts:
            self.layouts[offset] = self._read_layout(offset)
        return self.layouts[offset]

    def _read_layout(self, offset: int) -> tuple[str, ...] | None:
        head = os.pread(self.descriptor, records.HEAD.size, offset)
        if len(head) < records.HEAD.size:
            return None
        length, kind = records.HEAD.unpack(head)
        size = length + records.OVERHEAD
        if kind != records.KEYS or length > records.MAX_PAYLOAD:
            return None
        data = os.pread(self.descriptor, size, offset)
        if len(data) < size or not _is_sound(data, 0, size):
            return None
        return tuple(json.loads(data[5:-4]))


def _is_sound(data: bytes, position: int, size: int) -> bool:
    return zlib.crc32(memoryview(data)[position : position + size]) == _RESIDUE


@cache
def _row_type(width: int, size: int) -> np.dtype[Any]:
    """Numpy view of a row record of ``width`` values and ``size`` bytes in all."""
    return np.dtype(
        {
            "names": ["length", "kind", "step", "time", "keys", "values"],
            "formats": ["<u4", "u1", "<i8", "<f8", "<u8", ("<f8", (width,))],
            "offsets": [0, 4, 5, 13, 21, 29],
            "itemsize": size,
        }
    )


def _width(size: int) -> int:
    """Values in a row record of ``size`` bytes; 0 when no row has that size."""
    width, rest = divmod(size - records.OVERHEAD - records.ROW_FIXED.size, 8)
    return width if rest == 0 and width > 0 else 0


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        data = None
    return data if isinstance(data, dict) else {"type": "unreadable", "time": 0.0}


def _same_rows(data: bytes, position: int, size: int, window: int) -> int:
    """How many records from ``position``, at most ``window``, are rows of the layout of the first."""
    most = min(window, (len(data) - position) // size)
    if not _width(size):
        return 1
    rows = np.frombuffer(data, _row_type(_width(size), size), most, position)
    same = (rows["length"] == rows["length"][0]) & (rows["kind"] == records.ROW) & (rows["keys"] == rows["keys"][0])
    return most if same.all() else int(same.argmin())


def _sound_rows(data: bytes, position: int, size: int, count: int) -> int:
    """How many of ``count`` records of equal size are sound before the first broken one (halving to find it)."""
    view = memoryview(data)
    done = 0
    batch = count
    while batch and done < count:
        batch = min(batch, count - done)
        start = position + done * size
        if zlib.crc32(view[start : start + batch * size]) == _crc_of_sound(size, batch):
            done += batch
        else:
            batch //= 2
    return done


@lru_cache(maxsize=4096)
def _crc_of_sound(size: int, count: int) -> int:
    """CRC-32 of ``count`` sound records of ``size`` bytes each, whatever they hold; built by doubling."""
    crc, done = 0, 0
    for bit in bin(count)[2:]:
        crc = _shifted(crc, done * size) ^ crc
        done *= 2
        if bit == "1":
            crc = _shifted(crc, size) ^ _RESIDUE
            done += 1
    return crc


def _shifted(crc: int, size: int) -> int:
    """What ``crc`` contributes once ``size`` more bytes have passed (CRC is linear)."""
    zeros = memoryview(_ZEROS)[:size] if size <= len(_ZEROS) else bytes(size)
    return zlib.crc32(zeros, crc) ^ zlib.crc32(zeros)
