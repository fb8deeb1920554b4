"""The answer to a series query, as JSON for scripts and as a compact binary for the browser.

Binary, little-endian, every column aligned to 8 bytes so that a browser maps it without a copy::

    "TLSERIES" · header length u32 · version u32 · header JSON, padded with spaces to a multiple of 8 · columns

    header = {"x", "start", "width", "count", "curves": [{"run", "key", "length", "exact", "offset"}]}

``offset`` counts from the first column byte. A curve's columns follow each other: ``x, value`` (f64) when it is exact,
else ``x, min, max, mean, last`` (f64), then ``count, nan`` (u32). NaN in a column is NaN.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from tokenloom.kit.errors import DataError
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.tracking.decode import Floats
from tokenloom.tracking.series.bucket import Buckets

_MAGIC = b"TLSERIES"
_VERSION = 1
_PREFIX = struct.Struct("<8sII")
_FLOATS = ("x", "low", "high", "mean", "last")
_COUNTS = ("count", "nan")


@dataclass(slots=True)
class Curve:
    """One metric of one run. When ``is_exact``, every bucket is one point."""

    run_id: str
    key: str
    buckets: Buckets
    is_exact: bool

    def __len__(self) -> int:
        return len(self.buckets.x)


@dataclass(slots=True)
class SeriesResult:
    """Curves over one grid: bucket ``i`` spans ``[start + i·width, start + (i+1)·width)``."""

    x: str
    start: float
    width: float
    count: int
    curves: list[Curve]

    def to_json(self) -> dict[str, Any]:
        """Plain lists; NaN and Inf become None: nothing here needs another look before it is written as JSON."""
        answer = to_json_safe({"x": self.x, "start": self.start, "width": self.width, "count": self.count})
        return dict(answer) | {"curves": [_curve_json(curve) for curve in self.curves]}

    def to_bytes(self) -> bytes:
        """The binary form that the module describes."""
        entries, columns, offset = [], [], 0
        for curve in self.curves:
            data = _columns(curve)
            entry = {"run": curve.run_id, "key": curve.key, "length": len(curve), "exact": curve.is_exact}
            entries.append(entry | {"offset": offset})
            columns.append(data)
            offset += len(data)
        header = {"x": self.x, "start": self.start, "width": self.width, "count": self.count, "curves": entries}
        text = json.dumps(to_json_safe(header), separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        return b"".join([_PREFIX.pack(_MAGIC, len(text), _VERSION), text, *columns])

    @classmethod
    def from_bytes(cls, data: bytes) -> SeriesResult:
        """Read the binary form; :class:`DataError` when it is something else."""
        try:
            magic, length, version = _PREFIX.unpack_from(data)
            if (magic, version) != (_MAGIC, _VERSION):
                raise ValueError("other magic or version")
            header = json.loads(data[_PREFIX.size : _PREFIX.size + length])
            first = _PREFIX.size + length
            curves = [_read_curve(data, first + entry["offset"], entry) for entry in header["curves"]]
        except (struct.error, ValueError, KeyError, TypeError) as error:
            raise DataError(f"These bytes are not a series answer: {error}.", hint="Ask the server again.") from None
        return cls(header["x"], header["start"], header["width"], header["count"], curves)


def _curve_json(curve: Curve) -> dict[str, Any]:
    buckets = curve.buckets
    head = to_json_safe({"run": curve.run_id, "key": curve.key, "exact": curve.is_exact})
    columns = {"x": buckets.x, "value": buckets.last}
    if curve.is_exact:
        return dict(head) | {name: _safe_list(column) for name, column in columns.items()}
    columns = {"x": buckets.x, "min": buckets.low, "max": buckets.high, "mean": buckets.mean, "last": buckets.last}
    counts = {"count": buckets.count.astype(int).tolist(), "nan": buckets.nan.astype(int).tolist()}
    return dict(head) | {name: _safe_list(column) for name, column in columns.items()} | counts


def _safe_list(column: Floats) -> list[float | None]:
    """Its numbers, None where one is not finite; a whole column without such is one call."""
    fine = np.isfinite(column)
    found: list[float | None] = column.tolist()
    if not fine.all():
        for place in np.flatnonzero(~fine).tolist():
            found[place] = None
    return found


def _columns(curve: Curve) -> bytes:
    buckets = curve.buckets
    if curve.is_exact:
        return buckets.x.astype("<f8").tobytes() + buckets.last.astype("<f8").tobytes()
    floats = [getattr(buckets, name).astype("<f8").tobytes() for name in _FLOATS]
    counts = [getattr(buckets, name).astype("<u4").tobytes() for name in _COUNTS]
    return b"".join([*floats, *counts])  # 5·8 + 2·4 bytes a bucket: stays aligned to 8


def _read_curve(data: bytes, offset: int, entry: dict[str, Any]) -> Curve:
    length = entry["length"]
    names = ("x", "last") if entry["exact"] else _FLOATS
    floats = np.frombuffer(data, "<f8", length * len(names), offset).reshape(len(names), length).astype(np.float64)
    by_name = dict(zip(names, floats, strict=True))
    if entry["exact"]:
        return Curve(entry["run"], entry["key"], Buckets.of_points(by_name["x"], by_name["last"]), True)
    counts = np.frombuffer(data, "<u4", length * 2, offset + floats.nbytes).reshape(2, length).astype(np.float64)
    return Curve(entry["run"], entry["key"], Buckets(**by_name, count=counts[0], nan=counts[1]), False)
