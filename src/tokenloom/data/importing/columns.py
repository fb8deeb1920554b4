"""Columns whose types are only known once every row was seen, and writing them as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tokenloom.data.importing.types import WORDS, Found, read_value
from tokenloom.data.mapping import BadRow

MAX_COLUMNS = 2_000
RESERVED = ("_row", "_split")
_GROUP_ROWS, _GROUP_BYTES = 8192, 16 << 20
_LARGEST_INT = 1 << 63
_NULL, _BOOL, _INT, _FLOAT, _TEXT, _NESTED, _BIG = 1, 2, 4, 8, 16, 32, 64
_KINDS: dict[type, int] = {
    type(None): _NULL,
    bool: _BOOL,
    int: _INT,
    float: _FLOAT,
    str: _TEXT,
    dict: _NESTED,
    list: _NESTED,
}
_WORDS = {
    _BOOL: "true/false",
    _INT: "whole numbers",
    _FLOAT: "numbers",
    _TEXT: "text",
    _NESTED: "nested",
    _BIG: "large numbers",
}
Stored = tuple[int, str, dict[str, Any]]
"""Number, split and values of a row."""
_ARROW = {"integer": pa.int64(), "number": pa.float64(), "decimal_comma": pa.float64(), "boolean": pa.bool_()}


class Columns:
    """Names in the order of their first appearance, and the kinds of value that each was seen to hold, how often and where first."""

    def __init__(self) -> None:
        self.kinds: dict[str, int] = {}
        self.types: dict[str, Found] = {}
        self._seen: dict[str, dict[int, list[int]]] = {}

    def observe(self, number: int, row: dict[str, Any]) -> None:
        """Take in row ``number``; :class:`BadRow` where it would bring more columns than there may be."""
        kinds = self.kinds
        if len(kinds) + len(row) > MAX_COLUMNS:
            self._check_room(row)
        for name, value in row.items():
            kind = _KINDS.get(type(value), _TEXT)
            if kind == _INT and not -_LARGEST_INT <= value < _LARGEST_INT:
                kind = _BIG
            kinds[name] = kinds.get(name, 0) | kind
            seen = self._seen.setdefault(name, {}).setdefault(kind, [0, number])
            seen[0] += 1

    def _check_room(self, row: dict[str, Any]) -> None:
        if len(row) > MAX_COLUMNS:
            raise BadRow(f"it has {len(row)} columns; the limit is {MAX_COLUMNS}")
        new = sum(1 for name in row if name not in self.kinds)
        if len(self.kinds) + new > MAX_COLUMNS:
            raise BadRow(f"with its {new} new columns all rows together would name more than {MAX_COLUMNS}")

    def schema(self, as_text: Iterable[str] = ()) -> pa.Schema:
        """Arrow types; columns in ``as_text`` that hold plain values of several kinds stay as they were written."""
        wanted = set(as_text)
        fields = [pa.field(_stored(name), self._type(name, name in wanted)) for name in self.kinds]
        return pa.schema([*fields, pa.field("_row", pa.int64()), pa.field("_split", pa.string())])

    def conversions(self, as_text: Iterable[str] = ()) -> dict[str, str]:
        """How values of the columns, as the rows call them, are read when they are written; those in ``as_text`` stay as they are."""
        kept = set(as_text)
        return {name: found.type for name, found in self.types.items() if found.type != "text" and name not in kept}

    def json_columns(self) -> list[str]:
        """Nested columns, stored as JSON text."""
        return [_stored(name) for name, kinds in self.kinds.items() if kinds & _NESTED and not kinds & (_TEXT | _BIG)]

    def described(self) -> dict[str, str]:
        """Words for each stored column's content, for the report."""
        return {_stored(name): self._holds(name) for name in self.kinds}

    def _holds(self, name: str) -> str:
        found = self.types.get(name)
        if found is not None and found.type != "text":
            return WORDS[found.type]
        return " and ".join(_words(self.kinds[name])) or "empty"

    def typed(self) -> dict[str, str]:
        """The type of each stored column that was chosen or found and is not text."""
        return {_stored(name): found.type for name, found in self.types.items() if found.type != "text"}

    def notes(self) -> list[str]:
        """What a user should know: mixed and renamed columns."""
        notes = []
        for name, kinds in self.kinds.items():
            found = self.types.get(name, Found(""))
            if found.type == "text" and found.why:
                notes.append(f"The column “{name}” stays text: {found.why}.")
            if len(_words(kinds)) > 1 and not found.type:
                notes.append(
                    f"The column “{name}” mixes {self._mixture(name)}; it is kept as text. Write one kind of value in all rows if it should be that."
                )
            if name in RESERVED:
                notes.append(f"The column “{name}” is stored as “{_stored(name)}”, because that name is taken.")
        return notes

    def _mixture(self, name: str) -> str:
        """Each kind with its count and where it first stands."""
        told: dict[str, list[int]] = {}
        words = _words(self.kinds[name])
        for kind, (count, first) in sorted(self._seen[name].items()):
            word = next(iter(_words(kind)), "")
            word = _WORDS[_FLOAT] if word == _WORDS[_INT] and word not in words else word
            if word:
                before = told.get(word, [0, first])
                told[word] = [before[0] + count, min(before[1], first)]
        return " and ".join(
            f"{word} ({count} row{'s' if count > 1 else ''}, first in row {first})"
            for word, (count, first) in told.items()
        )

    def _type(self, name: str, is_text: bool) -> pa.DataType:
        if not is_text and name in self.types:
            return _ARROW.get(self.types[name].type, pa.string())
        kinds = self.kinds[name] & ~_NULL
        if kinds == _BOOL and not is_text:
            return pa.bool_()
        if kinds == _INT and not is_text:
            return pa.int64()
        if kinds in (_FLOAT, _FLOAT | _INT) and not is_text:
            return pa.float64()
        return pa.string()


def write_parquet(
    path: Path,
    schema: pa.Schema,
    names: list[str],
    pieces: Iterable[list[Stored]],
    types: Mapping[str, str] | None = None,
) -> None:
    """Write the rows in groups of about 8,192 rows or 16 MB; ``names`` are the columns as the rows call them, ``types`` what values of some are read as.

    Only the rows of one of ``pieces`` are held as Python objects, those of the group before it as Arrow's.
    """
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        group: list[pa.Table] = []
        rows = size = 0
        for piece in pieces:
            table = _table(schema, names, piece, types or {})
            group.append(table)
            rows, size = rows + table.num_rows, size + table.nbytes
            if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
                writer.write_table(pa.concat_tables(group))
                group, rows, size = [], 0, 0
        if group:
            writer.write_table(pa.concat_tables(group))


def _table(schema: pa.Schema, names: list[str], piece: list[Stored], types: Mapping[str, str]) -> pa.Table:
    arrays = []
    for position, name in enumerate(names):
        kind = schema.field(position).type
        values = [row.get(name) for _, _, row in piece]
        if name in types:
            values = [read_value(value, types[name]) for value in values]
        if kind == pa.string():
            values = [
                value if value is None or isinstance(value, str) else orjson.dumps(value).decode() for value in values
            ]
        elif kind == pa.float64():
            values = [None if value is None else float(value) for value in values]
        arrays.append(pa.array(values, kind))
    arrays.append(pa.array([number for number, _, _ in piece], pa.int64()))
    arrays.append(pa.array([split for _, split, _ in piece], pa.string()))
    return pa.Table.from_arrays(arrays, schema=schema)


def _stored(name: str) -> str:
    return f"original{name}" if name in RESERVED else name


def stored_name(name: str) -> str:
    """The name of a source's column in ``data.parquet``."""
    return _stored(name)


def _words(kinds: int) -> list[str]:
    if kinds & _FLOAT:
        kinds &= ~_INT
    return [word for kind, word in _WORDS.items() if kinds & kind]
