"""The first pass over a source: each row is checked, mapped, counted, and kept in a spool file or put into the quarantine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import IO, Any

import orjson

from tokenloom.data.dataset import QUARANTINE
from tokenloom.data.format import Record
from tokenloom.data.format.record import MAX_RAW_CHARS
from tokenloom.data.importing.columns import Columns
from tokenloom.data.importing.fixes import fix_for
from tokenloom.data.importing.keeping import Kept
from tokenloom.data.importing.types import Finder, Found, check_types, checked, roles_of
from tokenloom.data.ledger import Ledger
from tokenloom.data.mapping import BadRow, Detected, Reader, check_columns, content_hash, detect_mapping, reader_of
from tokenloom.data.splitting import Said, split_column
from tokenloom.kit.errors import DataError
from tokenloom.spec.base import Spec
from tokenloom.spec.data import AutoMapping, ColumnsSpec
from tokenloom.spec.split import ColumnSplit, FilesSplit

SAMPLE_ROWS = 200
FIRST_BAD = 20
_MAX_REASONS = 40
_NUMBERS = re.compile(r"(?<!utf-)\d+(?![\w\d])")
_DETAILS = re.compile(r""" \((?:'[^']*'|"[^"]*"|[^()])*\)$|'[^']*'""")


class Intake:
    """Takes records of one source in; afterwards holds counts, column types, content hashes and the mapping."""

    def __init__(self, folder: Path, mapping: Spec, split: Spec, columns: ColumnsSpec | None = None) -> None:
        self.are_texts = False
        """Whether the records hold texts alone, as those of tables do, so that types are found among them."""
        self._types: dict[str, str] = dict((columns or ColumnsSpec()).types)
        self._finds = (columns or ColumnsSpec()).find
        self._finders: dict[str, Finder | None] = {}
        self.columns = Columns()
        self.ledger = Ledger()
        self.chosen: Detected | None = None
        self.first_bad: list[dict[str, Any]] = []
        self.kept = Kept(folder)
        self.said = Said(split)
        self.digest = hashlib.sha256()
        self._mapping, self._split = mapping, split
        self._split_column: str | None = None
        self._read: Reader | None = None
        self._waiting: list[tuple[int, str, Record]] = []
        self._unread: Counter[str] = Counter()
        self._unmapped: Counter[str] = Counter()
        self._raw = 0
        self._quarantine: IO[bytes] = (folder / QUARANTINE).open("wb", buffering=1 << 16)

    def take(self, number: int, file: str, record: Record) -> None:
        """One record; ``number`` counts over all files of the source."""
        self._raw += 1
        if record.row is None:
            self._unread[_general(record.reason, self._unread)] += 1
            self._set_aside(number, file, record, record.reason)
        elif self._read is not None:
            self._keep(number, file, record)
        else:
            self._waiting.append((number, file, record))
            if len(self._waiting) >= SAMPLE_ROWS:
                self._choose()

    def set_aside(self, number: int, file: str, row: dict[str, Any], reason: str) -> None:
        """Put a row that was dropped before it came here into the quarantine; it is not counted here."""
        self._set_aside(number, file, Record(number, number, row), reason)

    def finish(self, label: str) -> None:
        """Close the files and prove the counts; :class:`DataError` when no row is left."""
        if self._waiting:
            self._choose()
        self.close()
        self.columns.types = {name: Found(type, "it was chosen") for name, type in self._types.items()}
        self.columns.types |= {name: finder.found() for name, finder in self._finders.items() if finder}
        read = self._raw - sum(self._unread.values())
        self.ledger.add("raw", self._raw)
        for name, rows, losses in (("read", read, self._unread), ("mapped", len(self.kept), self._unmapped)):
            stage = self.ledger.add(name, rows)
            for reason, count in losses.items():
                stage.lose(reason, rows=count)
        self.ledger.check()
        if not len(self.kept):
            raise self._nothing_left(label)

    def close(self) -> None:
        """Close all files; on a full disk each is closed even where another fails."""
        with contextlib.ExitStack() as files:
            files.callback(self._quarantine.close)
            files.callback(self.kept.close)

    @property
    def num_bad(self) -> int:
        return self._raw - len(self.kept)

    @property
    def reasons(self) -> dict[str, int]:
        """Rows set aside by reason, most frequent first."""
        return dict((self._unread + self._unmapped).most_common())

    def _choose(self) -> None:
        samples = [record.row for _, _, record in self._waiting if record.row is not None]
        names = list(dict.fromkeys(name for row in samples for name in row))
        if isinstance(self._mapping, AutoMapping):
            taken = self._split.column if isinstance(self._split, ColumnSplit) else None
            self.chosen = detect_mapping([name for name in names if name != taken], samples)
        else:
            check_columns(self._mapping, names)
            self.chosen = Detected(self._mapping, "it was named")
        self._split_column = split_column(self._split, self.chosen.mapping)
        if self._split_column is not None and self._split_column not in names:
            check_columns(ColumnSplit(column=self._split_column), names)
        self._read = reader_of(self.chosen.mapping)
        check_types(self._types, names)
        self._finders = dict.fromkeys([*self._types, *roles_of(self.chosen.mapping)])
        waiting, self._waiting = self._waiting, []
        for number, file, record in waiting:
            self._keep(number, file, record)

    def _keep(self, number: int, file: str, record: Record) -> None:
        row = record.row or {}
        try:
            example = self._read(number, row) if self._read else None
            if self._types:
                checked(row, self._types)
            line = _dumped(row)
            self.columns.observe(number, row)
        except BadRow as problem:
            reason = str(problem)
            self._unmapped[_general(reason, self._unmapped)] += 1
            self._set_aside(number, file, record, reason)
            return
        if self._finds and self.are_texts:
            self._look_at(number, row)
        self.kept.add(number, content_hash(example) if example is not None else 0, line)
        if self._split_column is not None:
            value = row.get(self._split_column)
            self.said.add("" if value is None else str(value))
        elif isinstance(self._split, FilesSplit):
            self.said.add(file)
        self.digest.update(line)

    def _look_at(self, number: int, row: dict[str, Any]) -> None:
        for name, value in row.items():
            if name not in self._finders:
                self._finders[name] = Finder(name)
            finder = self._finders[name]
            if finder is not None and not finder.is_text:
                finder.see(number, value)

    def _set_aside(self, number: int, file: str, record: Record, reason: str) -> None:
        raw = record.raw if record.row is None else json.dumps(record.row, ensure_ascii=False, default=str)
        raw = raw[:MAX_RAW_CHARS].encode("utf-8", "backslashreplace").decode()
        entry = {"file": file, "line": record.line, "row": number, "reason": reason, "fix": fix_for(reason), "raw": raw}
        if record.place:
            entry["place"] = record.place
        if len(self.first_bad) < FIRST_BAD:
            self.first_bad.append(entry)
        self._quarantine.write(orjson.dumps(entry) + b"\n")

    def _nothing_left(self, label: str) -> DataError:
        if self._raw == 0:
            return DataError(
                f"{label} holds no rows.", hint="Perhaps there is only a header; choose a file with rows in it."
            )
        told = "; ".join(f"{count} × {reason}" for reason, count in list(self.reasons.items())[:3])
        first = self.first_bad[0]
        fix = next(iter(self.reasons), "")
        return DataError(
            f"None of the {self._raw} rows of {label} can be used: {told}. The first is line {first['line']}: {first['reason']}.",
            hint=f"{fix_for(fix)} Or name the format and the columns yourself.",
            reasons=self.reasons,
            first_bad=self.first_bad,
        )


def _dumped(row: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(row, default=str, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError) as error:
        raise BadRow(
            "it holds half of a surrogate pair" if "surrogate" in str(error) else f"it cannot be stored: {error}"
        ) from None


def _general(reason: str, known: Counter[str]) -> str:
    """Reasons that differ only in a number are counted as one, and there are never more than forty."""
    general = _NUMBERS.sub("…", _DETAILS.sub("", reason))
    return general if general in known or len(known) < _MAX_REASONS else "other reasons"
