"""Values of Arrow's types as plain data: what JSON knows stays, times and decimals become text."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from tokenloom.data.format.record import MAX_DEPTH, Record, bad, depth_of


def record_of(number: int, row: dict[str, Any]) -> Record:
    """A row as a record; bytes that are no text and too deep nesting make it a bad one."""
    if depth_of(row) > MAX_DEPTH:
        return bad(number, number, f"it is nested deeper than {MAX_DEPTH} levels", str(row)[:2000])
    told: dict[str, Any] = {}
    for name, value in row.items():
        try:
            told[name] = plain(value)
        except UnicodeDecodeError:
            return bad(number, number, f"the column {name[:60]} holds bytes that are not text", repr(row)[:2000])
    return Record(number, number, told)


def unlike(names: list[str]) -> list[str]:
    """Names of columns with a number behind each that stands there twice, so that no column is lost."""
    taken, kept = set(names), list[str]()
    for name in names:
        number, free = 2, name
        while free in kept or (free != name and free in taken):
            free, number = f"{name}_{number}", number + 1
        kept.append(free)
    return kept


def twice_named(names: list[str], kept: list[str], name: str) -> list[str]:
    """A sentence for each column of ``names`` that got another name in ``kept``."""
    return [
        f"{name} names the column “{column}” twice: as number {names.index(column) + 1} and {number}. "
        f"The latter is kept as “{called}”. Rename one of them in the file."
        for number, (column, called) in enumerate(zip(names, kept, strict=True), start=1)
        if column != called
    ]


def plain(value: Any) -> Any:
    """``value`` in the types of JSON."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value) if isinstance(value, decimal.Decimal | datetime.timedelta) else repr(value)


def num_chars(value: Any) -> int:
    """Roughly what a value takes: a dictionary-encoded column may repeat one long text endlessly."""
    if isinstance(value, str | bytes):
        return len(value) + 8
    if isinstance(value, dict):
        return sum(map(num_chars, value.values()))
    return sum(map(num_chars, value)) if isinstance(value, list) else 8
