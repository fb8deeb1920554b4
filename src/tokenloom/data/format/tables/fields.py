"""Splitting one record of a table into fields, strictly enough to see what is wrong with it."""

from __future__ import annotations

from typing import Literal


class FieldError(Exception):
    """A record that breaks the rules of quoting; the message is the reason."""


def split_fields(record: str, delimiter: str, quote: str) -> list[str]:
    """Fields of a whole record (RFC 4180; blanks after a closing quote are forgiven). Raises :class:`FieldError`."""
    if quote not in record:
        return record.split(delimiter)
    fields: list[str] = []
    place, size = 0, len(record)
    while True:
        if record.startswith(quote, place):
            field, place = _quoted(record, place, delimiter, quote)
        else:
            end = record.find(delimiter, place)
            end = size if end < 0 else end
            field, place = record[place:end], end
        fields.append(field)
        if place >= size:
            return fields
        place += 1  # the delimiter
        if place == size:
            fields.append("")
            return fields


def quote_state(line: str, delimiter: str, quote: str, *, inside: bool) -> Literal["open", "closed", "broken"]:
    """How a line leaves a record that begins in it, or (``inside``) that it continues within a quoted field.

    ``broken``: text stands after a closing quote, so that the field cannot have ended there.
    """
    place = 0
    while True:
        if inside or line.startswith(quote, place):
            end = closing_quote(line, place if inside else place + 1, quote)
            if end < 0:
                return "open"
            place = line.find(delimiter, end + 1)
            if line[end + 1 : len(line) if place < 0 else place].strip():
                return "broken"
        else:
            place = line.find(delimiter, place)
        if place < 0 or quote not in line:
            return "closed"
        inside = False
        place += 1


def closing_quote(record: str, start: int, quote: str) -> int:
    """Index of the quote that ends a field whose content begins at ``start``; -1 if there is none."""
    place = start
    while True:
        place = record.find(quote, place)
        if place < 0 or not record.startswith(quote, place + 1):
            return place
        place += 2


def _quoted(record: str, start: int, delimiter: str, quote: str) -> tuple[str, int]:
    end = closing_quote(record, start + 1, quote)
    if end < 0:
        raise FieldError("a quote is opened and never closed")
    field = record[start + 1 : end].replace(quote * 2, quote)
    rest = record.find(delimiter, end + 1)
    rest = len(record) if rest < 0 else rest
    if record[end + 1 : rest].strip():
        raise FieldError("text stands after a closing quote")
    return field, rest
