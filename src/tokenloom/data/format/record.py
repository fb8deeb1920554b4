"""One record of a file: a row, or the reason why it is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_RAW_CHARS = 2_000
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Record:
    """``number`` counts the records of the file from 1; ``line`` is where it begins (the record's number where a file has no lines).

    Exactly one of ``row`` and ``reason`` is set; ``raw`` holds at most 2,000 characters of what stood there. ``place`` names where it is in a file
    that is more than lines, such as a sheet of a workbook.
    """

    number: int
    line: int
    row: dict[str, Any] | None = None
    reason: str = ""
    raw: str = ""
    place: str = ""


def bad(number: int, line: int, reason: str, raw: str | bytes = "") -> Record:
    """A record that cannot be used."""
    text = raw[: MAX_RAW_CHARS * 4].decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    return Record(number, line, None, reason, text[:MAX_RAW_CHARS].encode("utf-8", "backslashreplace").decode())


def depth_of(value: Any, limit: int = MAX_DEPTH) -> int:
    """Levels of nesting of parsed JSON, counted no further than one above ``limit``."""
    level, depth = [value], 0
    while level and depth <= limit:
        level = [child for each in level if isinstance(each, dict | list) for child in _children(each)]
        depth += 1
    return depth


def _children(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value
