"""Identifiers: sortable by time for things that happen, content hashes for things that are.

A run's first point needs an id and no hash, so `hashlib`, a tenth of the time to that point, is imported where it is used.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32, lower case: no i, l, o, u
_ID = re.compile(r"[0-9a-z][0-9a-z_-]{0,63}")
_CONTENT_ID = re.compile(r"[0-9a-f]{16}")


def new_id() -> str:
    """16 characters: 9 of milliseconds since 1970 (sorts by creation), 7 random (35 bits)."""
    stamp = _base32(time.time_ns() // 1_000_000, 9)
    return stamp + _base32(int.from_bytes(os.urandom(5), "big") >> 5, 7)


def is_id(text: str) -> bool:
    """Whether ``text`` is safe as a folder name: lower-case letters, digits, ``_`` and ``-`` only."""
    return _ID.fullmatch(text) is not None


def is_content_id(text: str) -> bool:
    """Whether ``text`` has the form of :func:`content_id`."""
    return _CONTENT_ID.fullmatch(text) is not None


def content_id(*parts: Any) -> str:
    """16 hex characters of SHA-256 over the canonical JSON of ``parts``: equal content, equal id."""
    import hashlib

    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def sha256_of(path: Path, *, block_bytes: int = 1 << 20) -> str:
    """Hex SHA-256 of a file, read in blocks."""
    import hashlib

    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(block_bytes):
            digest.update(block)
    return digest.hexdigest()


def digest_of_ids(ids: Iterable[int]) -> int:
    """Order-sensitive 48-bit digest of sample ids (fits a float64 exactly)."""
    import hashlib

    digest = hashlib.blake2b(digest_size=6)
    for number in ids:
        digest.update(int(number).to_bytes(8, "little", signed=True))
    return int.from_bytes(digest.digest(), "big")


def _base32(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
