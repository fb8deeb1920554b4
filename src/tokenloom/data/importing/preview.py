"""What an import would make of its first rows, before anything is made: format, columns, mapping, and what a model would read."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from tokenloom.data.format import Record, Sniffed
from tokenloom.data.importing.columns import Columns, stored_name
from tokenloom.data.importing.files import holds_texts, readable, records_in, without_archives
from tokenloom.data.importing.fixes import fix_for
from tokenloom.data.importing.types import Finder, Found, checked, roles_of
from tokenloom.data.mapping import BadRow, Detected, Example, check_columns, detect_mapping, reader_of
from tokenloom.data.source import Files, Place, open_source
from tokenloom.kit.errors import DataError, TokenloomError
from tokenloom.spec.base import Spec
from tokenloom.spec.data import AutoFormat, AutoMapping, ColumnsSpec

SAMPLE_ROWS = 200
SHOWN_FILES = 200
MOST_FILES = 20  # of a folder or archive that are looked into
_CELL_CHARS = 2_000


@dataclass
class Looked:
    """First rows with what each would become; ``example`` is None where a row would be set aside, ``reason`` says why."""

    format: Sniffed
    files: list[str]
    skipped: list[dict[str, str]]
    columns: dict[str, str]
    types: dict[str, Found]
    mapping: Detected | None
    problem: TokenloomError | None
    rows: list[tuple[str, Record, Example | None, str]]
    notes: list[str] = field(default_factory=list)

    def told(self, limit: int) -> dict[str, Any]:
        """JSON form with at most ``limit`` good rows and as many bad ones."""
        chosen = self.mapping
        good = [each for each in self.rows if each[1].row is not None]
        bad = [each for each in self.rows if each[3]]
        return {
            "format": self.format.format.model_dump(mode="json"),
            "why": self.format.why,
            "packing": self.format.packing,
            "files": self.files[:SHOWN_FILES],
            "num_files": len(self.files),
            "skipped": self.skipped[:SHOWN_FILES],
            "columns": [self._column(name, holds) for name, holds in self.columns.items()],
            "mapping": chosen.mapping.model_dump(mode="json") if chosen else None,
            "mapping_reason": chosen.reason if chosen else "",
            "problem": self.problem.as_dict() if self.problem else None,
            "looked": len(self.rows),
            "num_bad": len(bad),
            "rows": [_row(each) for each in good[:limit]],
            "bad": [_row(each) for each in bad[:limit]],
            "notes": self.notes,
        }

    def _column(self, name: str, holds: str) -> dict[str, Any]:
        found = self.types.get(name, Found(""))
        return {"name": name, "holds": holds, "type": found.type, "why": found.why}


def look_into(
    place: Place,
    source: Spec,
    format: Spec | None = None,
    mapping: Spec | None = None,
    columns: ColumnsSpec | None = None,
) -> Looked:
    """Read the first rows of files of this machine; of a folder or archive those of its first files that can be read.

    What is wrong with the mapping is part of the answer, since the columns that there are help to set it right. Raises :class:`DataError`
    where no row can be read at all.
    """
    where = open_source(source)
    if not isinstance(where, Files):
        raise DataError("Only files can be looked into before an import.", hint="Import it, and look at the version.")
    with tempfile.TemporaryDirectory() as folder:
        all_names = [file.name for file in where.files]
        first = Files(where.files[:MOST_FILES], where.is_folder, where.pattern, where.label)
        inside, skipped = without_archives(first, Path(folder), place, most=MOST_FILES)
        names = (
            all_names
            if [file.name for file in inside.files] == all_names[:MOST_FILES]
            else [f.name for f in inside.files]
        )
        good, unread = readable(inside, format or AutoFormat())
        passed = [*where.skipped, *skipped, *unread]
        notes = list(good[0][1].notes)
        taken = list(islice(_records(inside, good, passed, notes), SAMPLE_ROWS))
    return _looked(good[0][1], names, passed, notes, taken, mapping or AutoMapping(), columns or ColumnsSpec())


def _records(where: Files, good: list[Any], skipped: list[dict[str, str]], notes: list[str]) -> Any:
    base = 0
    for file, sniffed in good:
        last = 0
        for record in records_in(where, file, sniffed, skipped, notes):
            last = record.number
            yield file.name, Record(base + last, record.line, record.row, record.reason, record.raw, record.place)
        base += last


def _looked(
    sniffed: Sniffed,
    names: list[str],
    skipped: list[dict[str, str]],
    notes: list[str],
    taken: list[tuple[str, Record]],
    mapping: Spec,
    wanted: ColumnsSpec,
) -> Looked:
    columns = Columns()
    rows = [record.row for _, record in taken if record.row is not None]
    for number, row in enumerate(rows, start=1):
        try:
            columns.observe(number, row)
        except BadRow:
            continue
    chosen, problem = _chosen(mapping, list(columns.kinds), rows)
    types = {name: type for name, type in wanted.types.items() if name in columns.kinds}
    read = reader_of(chosen.mapping) if chosen else None
    judged: list[tuple[str, Record, Example | None, str]] = []
    for file, record in taken:
        example, reason = None, record.reason
        if record.row is not None:
            try:
                example = read(record.number, record.row) if read else None
                checked(record.row, types)
            except BadRow as told:
                example, reason = None, str(told)
        judged.append((file, record, example, reason))
    columns.types = _types(columns, wanted, chosen, rows if holds_texts(sniffed) else [])
    shown = {stored_name(name): found for name, found in columns.types.items()}
    return Looked(
        sniffed, names, skipped, columns.described(), shown, chosen, problem, judged, [*notes, *columns.notes()]
    )


def _types(
    columns: Columns, wanted: ColumnsSpec, chosen: Detected | None, rows: list[dict[str, Any]]
) -> dict[str, Found]:
    """The types that were chosen and those that the first rows speak for; columns that the mapping reads stay text."""
    found = {name: Found(type, "it was chosen") for name, type in wanted.types.items() if name in columns.kinds}
    roles = set(roles_of(chosen.mapping)) if chosen else set()
    if not wanted.find or not rows:
        return found
    for name in columns.kinds:
        if name in found:
            continue
        if name in roles:
            found[name] = Found("text")
            continue
        finder = Finder(name)
        for number, row in enumerate(rows, start=1):
            finder.see(number, row.get(name))
        found[name] = finder.found()
    return found


def _chosen(
    mapping: Spec, names: list[str], rows: list[dict[str, Any]]
) -> tuple[Detected | None, TokenloomError | None]:
    try:
        if isinstance(mapping, AutoMapping):
            return detect_mapping(names, rows), None
        check_columns(mapping, names)
        return Detected(mapping, "it was named"), None
    except DataError as error:
        return None, error


def _row(judged: tuple[str, Record, Example | None, str]) -> dict[str, Any]:
    file, record, example, reason = judged
    return {
        "row": record.number,
        "file": file,
        "line": record.line,
        "place": record.place,
        "cells": {name: _cell(value) for name, value in (record.row or {}).items()},
        "raw": record.raw if record.row is None else "",
        "reason": reason,
        "fix": fix_for(reason) if reason else "",
        "read": _read(example),
    }


def _read(example: Example | None) -> dict[str, Any] | None:
    if example is None:
        return None
    return {
        "text": None if example.text is None else example.text[:_CELL_CHARS],
        "messages": _short(example.messages),
        "rejected": _short(example.rejected),
        "verdict": example.verdict,
        "label": example.label,
    }


def _short(messages: list[dict[str, str]] | None) -> list[dict[str, str]] | None:
    return None if messages is None else [{**each, "content": each["content"][:_CELL_CHARS]} for each in messages[:50]]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_CELL_CHARS]
    return value if not isinstance(value, list | dict) or len(str(value)) <= _CELL_CHARS else str(value)[:_CELL_CHARS]
