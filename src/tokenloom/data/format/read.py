"""One door to all formats: a sniffed file in, records out. Arrow's library is loaded where a file needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tokenloom.data.format.jsonl import is_one_per_line, read_jsonl
from tokenloom.data.format.markdown import read_markdown
from tokenloom.data.format.packing.streams import open_bytes, with_line_feeds
from tokenloom.data.format.pattern import read_by_pattern
from tokenloom.data.format.record import Record
from tokenloom.data.format.sniffer import Sniffed
from tokenloom.data.format.tables.csv import read_csv
from tokenloom.data.format.tables.spreadsheet import read_spreadsheet
from tokenloom.data.format.text import read_plain
from tokenloom.spec.data import (
    ArrowFormat,
    CsvFormat,
    JsonlFormat,
    MarkdownFormat,
    ParquetFormat,
    SpreadsheetFormat,
    TextFormat,
)

_START_BYTES = 1 << 16


def read_records(path: Path, name: str, sniffed: Sniffed, notes: list[str] | None = None) -> Iterator[Record]:
    """All records of a file in order, good and bad; memory stays bounded. ``notes`` is told what only reading shows."""
    spec = sniffed.format
    if isinstance(spec, ParquetFormat):
        from tokenloom.data.format.columnar.parquet import read_parquet

        yield from read_parquet(path, name, notes)
    elif isinstance(spec, ArrowFormat):
        from tokenloom.data.format.columnar.arrow import read_arrow

        yield from read_arrow(path, name, notes)
    elif isinstance(spec, SpreadsheetFormat):
        yield from read_spreadsheet(path, spec, name)
    else:
        yield from _of_text(path, name, sniffed, spec)


def _of_text(
    path: Path, name: str, sniffed: Sniffed, spec: CsvFormat | JsonlFormat | MarkdownFormat | TextFormat
) -> Iterator[Record]:
    with open_bytes(path, name, sniffed.packing) as opened:
        stream = with_line_feeds(opened, _start(path, name, sniffed))
        if isinstance(spec, CsvFormat):
            yield from read_csv(stream, spec, name)
        elif isinstance(spec, JsonlFormat):
            yield from read_jsonl(stream, spec, name, is_lines=_is_lines(path, name, sniffed, spec.encoding or "utf-8"))
        elif isinstance(spec, MarkdownFormat):
            yield from read_markdown(stream, spec)
        elif spec.unit == "pattern":
            yield from read_by_pattern(stream, spec.pattern or "", spec.encoding or "utf-8")
        else:
            yield from read_plain(stream, spec)


def _is_lines(path: Path, name: str, sniffed: Sniffed, encoding: str) -> bool:
    return is_one_per_line(_start(path, name, sniffed).decode(encoding, "replace").removeprefix("\ufeff"))


def _start(path: Path, name: str, sniffed: Sniffed) -> bytes:
    with open_bytes(path, name, sniffed.packing) as stream:
        return stream.read(_START_BYTES)
