"""One sealed piece of a log: its rows as compressed columns, with summaries of 64 rows and of 8, 64, 512 times as many.

File ``<start>-<end>.seg`` covers the log's bytes ``[start, end)``::

    "TLSEG\\x01\\r\\n" · header length u32 · CRC-32 of the header u32 · header JSON · blobs

The header lists groups of rows with the same keys; blobs are byte-shuffled (all first bytes, all second bytes, …) and
deflated, which brings float64 noise to 6.3 bytes a value and float32 losses to 2.7. Steps that count evenly take no bytes.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from tokenloom.kit.errors import DataError
from tokenloom.tracking.decode import Floats, Ints
from tokenloom.tracking.series.bucket import LEVELS

_MAGIC = b"TLSEG\x01\r\n"
_HEAD = struct.Struct("<8sII")
_DEFLATE = 6
_CACHE_BYTES = 256 << 20
_Key = tuple[Path, int, int]


@dataclass(slots=True)
class Rows:
    """Rows that share their keys, in the order of writing; ``values[key, row]``."""

    keys: tuple[str, ...]
    steps: Ints
    times: Floats
    ends: Ints
    values: Floats


@dataclass(slots=True)
class Summary:
    """Consecutive full blocks of one column. ``low``/``high`` are ±Inf in a block of NaN only."""

    low: Floats
    high: Floats
    total: Floats
    last: Floats
    nan: Floats


def encode(start: int, end: int, mark: int, rewinds: list[tuple[int, int]], groups: list[Rows]) -> bytes:
    """The bytes of a segment. ``mark``: the log's CRC just before ``end``, so that another log is never taken for it."""
    blobs = _Blobs()
    entries = [_encode_group(group, blobs) for group in groups]
    header = {"start": start, "end": end, "mark": mark, "rewinds": rewinds, "groups": entries}
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join([_HEAD.pack(_MAGIC, len(text), zlib.crc32(text)), text, *blobs.parts])


class DamagedSegment(DataError):
    """A segment that cannot be trusted. It is only a cache: remove ``path`` and read the log."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The sealed chunk {path.name} is damaged: {reason}.", hint="It is rebuilt from the log.")
        self.path = path


class Segment:
    """An opened segment. Columns are read and inflated when they are asked for, and kept while there is room."""

    def __init__(self, path: Path) -> None:
        """Read the header; :class:`DamagedSegment` when the file is not a sound segment."""
        self.path = path
        try:
            with path.open("rb") as file:
                magic, length, crc = _HEAD.unpack(file.read(_HEAD.size))
                text = file.read(length) if magic == _MAGIC else b""
            if zlib.crc32(text) != crc or not text:
                raise ValueError("broken header")
            header = json.loads(text)
            self.start, self.end, self.mark = header["start"], header["end"], header["mark"]
            self.rewinds = [(int(offset), int(step)) for offset, step in header["rewinds"]]
            self.groups = [SealedGroup(self, entry) for entry in header["groups"]]
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise DamagedSegment(path, str(error)) from None
        self._first_blob = _HEAD.size + length

    def blob(self, entry: list[int], kind: type[Any]) -> npt.NDArray[Any]:
        """The array behind ``[offset, bytes, count]``."""
        key = (self.path, self.mark, entry[0])
        cached = _DECODED.get(key)
        if cached is None:
            cached = _inflate(self._read(entry[0], entry[1]), entry[2], self.path)
            _DECODED.put(key, cached)
        column: npt.NDArray[Any] = cached.view(kind).reshape(-1)
        return column

    def _read(self, offset: int, count: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(self._first_blob + offset)
                return file.read(count)
        except OSError as error:
            raise DamagedSegment(self.path, str(error)) from None


class SealedGroup:
    """Rows of one segment that share their keys; a rewind may cut them."""

    def __init__(self, segment: Segment, entry: dict[str, Any]) -> None:
        self.segment = segment
        self.keys = tuple(entry["keys"])
        self.rows = int(entry["rows"])
        self.is_sorted = bool(entry["sorted"])
        self.first, self.last = int(entry["first"]), int(entry["last"])  # lowest and highest step
        self.stride: int | None = entry["stride"]  # None when the steps do not count evenly
        self._entry = entry
        self._kept: slice | npt.NDArray[np.bool_] = slice(0, self.rows)

    def steps(self) -> Ints:
        if self.stride is not None:
            return self.first + self.stride * np.arange(self.rows, dtype=np.int64)
        return self._summed("steps")[self._kept]

    def times(self) -> Floats:
        return self._summed("times").view(np.float64)[self._kept]

    def ends(self) -> Ints:
        return self._summed("ends")[self._kept]

    def values(self, key: str) -> Floats:
        column: Floats = self.segment.blob(self._column(key)["values"], np.float64)[self._kept]
        return column

    def summary(self, key: str, level: int) -> Summary | None:
        """Summaries of ``LEVELS[level]`` rows each, of the blocks that are full; None when there is none."""
        blocks = self.rows // LEVELS[level]
        levels = self._column(key)["levels"]
        if not blocks or level >= len(levels) or not self.is_sorted:
            return None
        entry = levels[level]
        nan = self.segment.blob(entry[4], np.float64)[:blocks] if entry[4] else np.zeros(blocks)
        low, high, total, last = (self.segment.blob(each, np.float64)[:blocks] for each in entry[:4])
        return Summary(low, high, total, last, nan)

    def cut(self, step: int) -> None:
        """Drop the rows beyond ``step``."""
        if step >= self.last or not self.rows:
            return
        steps = self.steps()
        if self.is_sorted:
            self.rows = int(np.searchsorted(steps, step, side="right"))
            self._kept = slice(0, self.rows)
        else:
            kept = np.ones(self._entry["rows"], bool) if isinstance(self._kept, slice) else self._kept.copy()
            kept[kept] = steps <= step
            self._kept, self.rows = kept, int(kept.sum())
        self.last = min(self.last, step)

    def _summed(self, name: str) -> Ints:
        """A column that is stored as differences."""
        total: Ints = np.cumsum(self.segment.blob(self._entry[name], np.int64), dtype=np.int64)
        return total

    def _column(self, key: str) -> dict[str, Any]:
        column: dict[str, Any] = self._entry["columns"][self.keys.index(key)]
        return column


class _Blobs:
    """Collects compressed arrays; an entry is ``[offset, bytes, count]``."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, array: npt.NDArray[Any]) -> list[int]:
        little = array.astype(array.dtype.newbyteorder("<"))
        data = zlib.compress(little.view(np.uint8).reshape(-1, 8).T.tobytes(), _DEFLATE)
        self.parts.append(data)
        self.size += len(data)
        return [self.size - len(data), len(data), len(array)]


def _encode_group(group: Rows, blobs: _Blobs) -> dict[str, Any]:
    strides = np.diff(group.steps)
    is_sorted = bool(np.all(group.steps[1:] >= group.steps[:-1]))
    is_even = is_sorted and (len(strides) == 0 or bool(np.all(strides == strides[0])))
    entry: dict[str, Any] = {
        "keys": list(group.keys),
        "rows": len(group.steps),
        "sorted": is_sorted,
        "first": int(group.steps.min()),
        "last": int(group.steps.max()),
        "stride": (int(strides[0]) if len(strides) else 1) if is_even else None,
        "steps": None if is_even else blobs.add(np.diff(group.steps, prepend=0)),
        "times": blobs.add(np.diff(group.times.view(np.int64), prepend=0)),  # of the bits: exact
        "ends": blobs.add(np.diff(group.ends, prepend=0)),
    }
    entry["columns"] = [_encode_column(column, blobs) for column in group.values]
    return entry


def _encode_column(column: Floats, blobs: _Blobs) -> dict[str, Any]:
    levels = [_encode_level(column, size, blobs) for size in LEVELS if len(column) >= size]
    return {"values": blobs.add(column), "levels": levels}


def _encode_level(column: Floats, size: int, blobs: _Blobs) -> list[list[int] | None]:
    blocks = column[: len(column) // size * size].reshape(-1, size)
    bad = np.isnan(blocks)
    nan = bad.sum(axis=1).astype(np.float64)
    low, high, total = (np.where(bad, rest, blocks) for rest in (np.inf, -np.inf, 0.0))
    with np.errstate(invalid="ignore"):
        columns = [low.min(axis=1), high.max(axis=1), total.sum(axis=1), np.ascontiguousarray(blocks[:, -1])]
    return [*(blobs.add(each) for each in columns), blobs.add(nan) if nan.any() else None]


def _inflate(data: bytes, count: int, path: Path) -> npt.NDArray[np.uint8]:
    try:
        planes = np.frombuffer(zlib.decompress(data), np.uint8).reshape(8, count)
    except (zlib.error, ValueError) as error:
        raise DamagedSegment(path, str(error)) from None
    column = np.ascontiguousarray(planes.T)
    column.flags.writeable = False
    return column


class _Decoded:
    """The most recently used columns, up to so many bytes."""

    def __init__(self) -> None:
        self._arrays: OrderedDict[_Key, npt.NDArray[np.uint8]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: _Key) -> npt.NDArray[np.uint8] | None:
        with self._lock:
            if key in self._arrays:
                self._arrays.move_to_end(key)
            return self._arrays.get(key)

    def put(self, key: _Key, array: npt.NDArray[np.uint8]) -> None:
        with self._lock:
            if key not in self._arrays:
                self._bytes += array.nbytes
            self._arrays[key] = array
            while self._bytes > _CACHE_BYTES and len(self._arrays) > 1:
                self._bytes -= self._arrays.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        with self._lock:
            self._arrays.clear()
            self._bytes = 0


_DECODED = _Decoded()


def forget_decoded() -> None:
    """Drop all inflated columns from memory (for measuring cold reads)."""
    _DECODED.clear()
