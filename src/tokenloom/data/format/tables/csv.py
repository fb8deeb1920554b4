"""Rows of separated values. A stray quote costs the rows around it, never the rest of the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import IO

from tokenloom.data.format.lines import Line, read_lines
from tokenloom.data.format.record import Record, bad
from tokenloom.data.format.tables.columns import names_of
from tokenloom.data.format.tables.fields import quote_state, split_fields
from tokenloom.spec.data import CsvFormat

_MAX_LINES = 10_000  # of one record
_MAX_CHARS = 16_000_000  # of one record that spans several lines


def read_csv(stream: IO[bytes], spec: CsvFormat, name: str) -> Iterator[Record]:
    """``spec`` must be complete (see :mod:`.sniffer`). All values are text, as they stand in the file; empty ones too."""
    delimiter = spec.delimiter or ","
    records = _assembled(read_lines(stream, spec.encoding or "utf-8"), delimiter, spec.quote)
    columns: list[str] = []
    number = 0
    for line, text, reason in records:
        if not reason and not columns:
            fields = split_fields(text, delimiter, spec.quote)
            columns, _ = names_of(fields, name, f"line {line}", has_header=bool(spec.header))
            if spec.header:
                continue
        number += 1
        yield _record(number, line, text, reason, columns, (delimiter, spec.quote))


def _record(number: int, line: int, text: str, reason: str, columns: list[str], style: tuple[str, str]) -> Record:
    if reason:
        return bad(number, line, reason, text)
    fields = split_fields(text, *style)
    if len(fields) > len(columns) and not any(field.strip() for field in fields[len(columns) :]):
        fields = fields[: len(columns)]
    if len(fields) != len(columns):
        return bad(number, line, f"it has {len(fields)} fields instead of {len(columns)}", text)
    return Record(number, line, dict(zip(columns, fields, strict=True)))


def _assembled(lines: Iterator[Line], delimiter: str, quote: str) -> Iterator[tuple[int, str, str]]:
    """(line, text, reason) of each record; a quoted field may go over several lines.

    Where a quote never closes, only its first line is given up, and reading goes on behind that line.
    """
    again: deque[Line] = deque()
    while (line := again.popleft() if again else next(lines, None)) is not None:
        if line.reason or not line.text.strip():
            if line.reason:
                yield line.number, line.raw.decode("utf-8", "backslashreplace"), line.reason
            continue
        state = quote_state(line.text, delimiter, quote, inside=False)
        taken, size = [line], len(line.text)
        while state == "open" and len(taken) < _MAX_LINES and size < _MAX_CHARS:
            following = again.popleft() if again else next(lines, None)
            if following is None:
                break
            taken.append(following)
            size += len(following.text)
            state = "broken" if following.reason else quote_state(following.text, delimiter, quote, inside=True)
        if state == "closed":
            yield line.number, "\n".join(each.text for each in taken), ""
            continue
        again.extendleft(reversed(taken[1:]))
        yield line.number, line.text, _quote_fault(state, len(taken))


def _quote_fault(state: str, num_lines: int) -> str:
    if state == "open":
        return "a quote is opened and never closed"
    return (
        "text stands after a closing quote"
        if num_lines == 1
        else "a quote is opened and not closed where the field ends"
    )
