"""The bytes of a run log: what one record looks like. Standard library only, so that opening a run stays cheap.

A file is an 8-byte magic and then records::

    length u32 · kind u8 · payload (length bytes) · crc32 u32 of everything before it in the record

    KEYS   payload = the metric names of a row as a JSON list
    ROW    payload = step i64 · wall time f64 (seconds since 1970, UTC) · offset of its KEYS record u64 · n × f64
    EVENT  payload = a JSON object with at least "type" and "time"

A row names its columns by the *offset* of a KEYS record, so any record can be decoded alone, from any position: a
cursor is a byte offset and nothing else. The checksum stands last so that a run of equal rows is verified by one CRC
call (see :mod:`tokenloom.tracking.decode`).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from tokenloom.kit.errors import SpecError
from tokenloom.kit.jsonsafe import to_json_safe

MAGIC = b"TLLOG\x01\r\n"
START = len(MAGIC)  # offset of the first record
KEYS, ROW, EVENT = 1, 2, 3
HEAD = struct.Struct("<IB")
TAIL = struct.Struct("<I")
OVERHEAD = HEAD.size + TAIL.size
ROW_FIXED = struct.Struct("<qdQ")  # step, wall time, offset of the KEYS record
MAX_PAYLOAD = 64 << 20
MAX_KEY_CHARACTERS = 256

Pack = Callable[..., bytes]


def record(kind: int, payload: bytes) -> bytes:
    """One whole record."""
    body = HEAD.pack(len(payload), kind) + payload
    return body + TAIL.pack(zlib.crc32(body))


def keys_record(keys: Sequence[str]) -> bytes:
    """The record that names the columns of the rows that point at it."""
    return record(KEYS, json.dumps(list(keys), separators=(",", ":")).encode())


def event_record(data: dict[str, Any]) -> bytes:
    """The record of one event; :class:`SpecError` when it has no type, is not JSON or is larger than 64 MiB."""
    if not isinstance(data.get("type"), str):
        raise SpecError('An event needs a text under "type".', hint='Log for example {"type": "note", "text": "…"}.')
    try:
        payload = json.dumps(to_json_safe(data), separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        hint = "Use text, numbers, lists and dicts."
        raise SpecError(f"The event cannot be written as JSON: {error}.", hint=hint) from None
    if len(payload) > MAX_PAYLOAD:
        raise SpecError(f"The event has {len(payload)} bytes; the limit is {MAX_PAYLOAD}.", hint="Store it as a file.")
    return record(EVENT, payload)


def row_length(count: int) -> int:
    """Payload bytes of a row of ``count`` values."""
    return ROW_FIXED.size + 8 * count


def row_packer(count: int) -> Pack:
    """``pack(length, kind, step, time, keys offset, *values)``: a row record without its checksum, in one call."""
    return struct.Struct(f"<IBqdQ{count}d").pack
