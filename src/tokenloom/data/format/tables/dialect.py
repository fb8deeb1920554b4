"""How a table in text is written: its delimiter, and whether its first row names the columns."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tokenloom.data.format.tables.fields import FieldError, quote_state, split_fields
from tokenloom.spec.data import CsvFormat

_DELIMITERS = (",", "\t", ";", "|")
_NUMBER = re.compile(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s*%?\s*")
_SAMPLE_RECORDS = 60
_MAX_LINES = 200  # of one record in the sample
_KNOWN_NAMES = {
    "text", "prompt", "completion", "question", "answer", "instruction", "input", "output", "response", "id", "label", "context", "title",
    "messages", "content", "category", "split",
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """``is_regular``: nearly all records have the same number (≥ 2) of fields, so that it surely is a table."""

    delimiter: str
    quote: str
    header: bool
    is_regular: bool

    def settings(self) -> dict[str, Any]:
        """The fields that :class:`CsvFormat` has too."""
        return {"delimiter": self.delimiter, "quote": self.quote, "header": self.header}


def find_dialect(text: str, wanted: CsvFormat, *, is_whole: bool) -> Dialect:
    """Fill in what ``wanted`` leaves open from the first records of ``text``; a cut last line is left out."""
    lines = text.splitlines()
    if not is_whole and len(lines) > 1:
        lines.pop()
    candidates = [wanted.delimiter] if wanted.delimiter else list(_DELIMITERS)
    tables = {delimiter: _records(lines, delimiter, wanted.quote) for delimiter in candidates}
    best = max(tables, key=lambda delimiter: _regularity(tables[delimiter]))
    records = tables[best]
    header = wanted.header if wanted.header is not None else has_header(records)
    is_regular = _regularity(records) > 1.9 and len(records) > 1
    return Dialect(delimiter=best, quote=wanted.quote, header=header, is_regular=is_regular)


def _records(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    records: list[list[str]] = []
    pending: list[str] = []
    for line in lines:
        if not line.strip() and not pending:
            continue
        state = quote_state(line, delimiter, quote, inside=bool(pending))
        pending.append(line)
        if state == "open" and len(pending) < _MAX_LINES:
            continue
        try:
            records.append(split_fields("\n".join(pending), delimiter, quote))
        except FieldError:
            records.append(["\n".join(pending)])
        pending = []
        if len(records) >= _SAMPLE_RECORDS:
            break
    return records


def _regularity(records: list[list[str]]) -> float:
    """Share of the records with the commonest number of fields, plus 1 if that number is at least 2; 0 without records."""
    if not records:
        return 0.0
    (width, count), *_ = Counter(map(len, records)).most_common(1)
    return count / len(records) + (1 if width > 1 else 0) + min(width, 50) / 1000


def has_header(records: list[list[str]]) -> bool:
    """A first row of short, distinct words without numbers names the columns, unless nothing tells it from the rows below."""
    if not records:
        return False
    first = [field.strip() for field in records[0]]
    if any(field.lower() in _KNOWN_NAMES for field in first):
        return True
    if any(_NUMBER.fullmatch(field) for field in first) or not any(first):
        return False
    return all(len(field) <= 40 and "\n" not in field and not field.endswith((".", "?", "!")) for field in first)
