"""One door to all formats: a sniffed file in, records out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tokenloom.data.format.csv import read_csv
from tokenloom.data.format.jsonl import is_one_per_line, read_jsonl
from tokenloom.data.format.parquet import read_parquet
from tokenloom.data.format.record import Record
from tokenloom.data.format.sniffer import Sniffed, open_bytes
from tokenloom.data.format.text import read_plain
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import CsvFormat, JsonlFormat, ParquetFormat

_START_BYTES = 1 << 16


def read_records(path: Path, name: str, sniffed: Sniffed) -> Iterator[Record]:
    """All records of a file in order, good and bad; memory stays bounded."""
    spec = sniffed.format
    if isinstance(spec, ParquetFormat):
        if sniffed.is_packed:
            raise DataError(f"{name} is Parquet inside gzip.", hint="Unpack it first; Parquet is compressed by itself.")
        yield from read_parquet(path, name)
        return
    with open_bytes(path, name, is_packed=sniffed.is_packed) as stream:
        if isinstance(spec, CsvFormat):
            yield from read_csv(stream, spec, name)
        elif isinstance(spec, JsonlFormat):
            yield from read_jsonl(stream, spec, name, is_lines=_is_lines(path, name, sniffed, spec.encoding or "utf-8"))
        else:
            yield from read_plain(stream, spec)


def _is_lines(path: Path, name: str, sniffed: Sniffed, encoding: str) -> bool:
    with open_bytes(path, name, is_packed=sniffed.is_packed) as stream:
        return is_one_per_line(stream.read(_START_BYTES).decode(encoding, "replace").removeprefix("\ufeff"))
