"""One immutable version of a dataset, read lazily from its folder, and the store that finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from pydantic import TypeAdapter

from tokenloom.data.conditions import Question
from tokenloom.data.ledger import Ledger
from tokenloom.data.mapping import Example, content_hash, reader_of
from tokenloom.data.statistics import statistics
from tokenloom.data.versions import VersionedFolders
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import DEFERRED
from tokenloom.spec.data import Mapping

if TYPE_CHECKING:
    from tokenloom.data.rowfile import RowFile
    from tokenloom.data.table import Table
    from tokenloom.data.tokenizer.tokenizer import Tokenizer

DATA, QUARANTINE, REPORT, CONTENT = "data.parquet", "quarantine.jsonl", "report.json", "content.npy"
ROW, SPLIT = "_row", "_split"
MOST_LABELS = 10_000
_MAPPING: TypeAdapter[Any] = TypeAdapter(Mapping, config=DEFERRED)


class Dataset:
    """Columns of the source plus ``_row`` (its number there, from 1) and ``_split``. Nothing is read before it is asked for."""

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta
        self.id = str(meta["id"])
        self.name = str(meta["name"])
        self.version = int(meta["version"])

    def __repr__(self) -> str:
        return f"Dataset({self.name}@{self.version}, {self.count()} rows)"

    @property
    def columns(self) -> list[str]:
        """Names of the source's columns, in order."""
        return list(self.meta["columns"])

    @property
    def splits(self) -> dict[str, int]:
        """Rows of each split that has any."""
        return dict(self.meta["splits"])

    @property
    def shape(self) -> str:
        """``text``, ``prompt``, ``chat``, ``preference``, ``feedback`` or ``label``."""
        return str(self.meta["shape"])

    @property
    def ledger(self) -> Ledger:
        """raw → read → mapped."""
        return Ledger.from_dict(self.meta["ledger"])

    def count(self, split: str | None = None) -> int:
        """Rows of one split, or of all."""
        return sum(self.splits.values()) if split is None else self.splits[self.check_split(split)]

    def check_split(self, split: str) -> str:
        """``split`` unchanged; NotFound naming the splits there are."""
        if split not in self.splits:
            raise unknown_name(f"split of {self.name}", split, self.splits)
        return split

    def examples(self, split: str | None = None) -> Iterator[Example]:
        """What each row says to a model, in the order of the source; memory stays bounded."""
        read = reader_of(self.mapping)
        for row in self._scan(self._mapped_columns, split):
            yield read(row[ROW], row)

    def sample(self, count: int, split: str | None = None) -> list[Example]:
        """About ``count`` examples, evenly spread over the split."""
        step = max(1, self.count(split) // count)
        read = reader_of(self.mapping)
        return [read(row[ROW], self._decoded(row)) for row in self._file.every(step, self._mapped_columns, split)]

    def scan(self, split: str | None = None) -> Iterator[dict[str, Any]]:
        """Every row with all its columns, ``_row`` and ``_split``, in order; memory stays bounded."""
        yield from self._scan(self.columns, split)

    def spread(self, count: int) -> list[dict[str, Any]]:
        """About ``count`` whole rows, evenly spread, found without reading all of a large file."""
        return [self._decoded(row) for row in self._file.spread(count)]

    def rows(
        self,
        split: str | None = None,
        *,
        offset: int = 0,
        limit: int = 50,
        search: str | None = None,
        filter: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """A page of rows as they were imported.

        ``search`` finds a text in any text column (letters A–Z in either case). ``filter`` maps a column to a value, a list of
        values, or ``{"min": …, "max": …, "contains": …}``.
        """
        if split is not None:
            self.check_split(split)
        found = self._table.page(offset, limit, Question(split, search or "", filter or {}))
        return [self._decoded(row) for row in found]

    def answering(self, question: Question) -> Iterator[dict[str, Any]]:
        """Every whole row that answers ``question``, in order; memory stays bounded. NotFound for a column that is not there."""
        return map(self._decoded, self._table.answering(question))

    def row(self, number: int) -> dict[str, Any]:
        """The row with this ``_row``; NotFound where it was quarantined or never was."""
        found = self._table.row(number)
        if not found:
            raise NotFound(
                f"{self.name} has no row {number}.", hint="It may be in the quarantine, with its reason.", row=number
            )
        return self._decoded(found[0])

    def rows_numbered(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """The rows with these ``_row``, in the order of the source; those that are not there are left out."""
        return [self._decoded(row) for row in self._table.numbered(numbers)] if numbers else []

    def largest_number(self) -> int:
        """The largest ``_row``; 0 without rows."""
        return self._table.largest_number()

    def example(self, number: int) -> Example:
        """The row with this ``_row`` as a model would be taught it; see :meth:`row`."""
        return reader_of(self.mapping)(number, self.row(number))

    def content(self) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """64 bits of what each row says to a model, in the order of the rows: equal where two rows teach the same."""
        path = self.path / CONTENT
        if path.is_file():
            return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        return np.array([content_hash(example) for example in self.examples()], dtype=np.uint64)

    def values(self, column: str) -> Iterator[str]:
        """One column of every row as text, in the order of the rows; empty text where there is none. Memory does not grow with them."""
        if column not in (SPLIT, *self.columns):
            raise unknown_name(f"column of {self.name}", column, self.columns)
        return self._table.texts(column)

    def examples_at(self, places: list[int]) -> list[Example]:
        """The rows at these places (from 0, not ``_row``), ascending."""
        read = reader_of(self.mapping)
        return [read(row[ROW], self._decoded(row)) for row in self._file.at(places, self._mapped_columns)]

    def labels(self) -> list[str]:
        """Names of the classes of all splits, sorted; :class:`DataError` where they are too few or too many to be classes."""
        found = sorted({str(example.label) for example in self.examples() if example.label is not None})
        if not 2 <= len(found) <= MOST_LABELS:
            raise DataError(
                f"{self.name} has {len(found)} classes; a classifier needs at least 2 and at most {MOST_LABELS}.",
                hint="Map the column with the class: --map text=COLUMN --map label=COLUMN.",
            )
        return found

    def report(self) -> dict[str, Any]:
        """The import report: counts, what was found and why, the first bad rows."""
        with self._file.reading():
            report: dict[str, Any] = orjson.loads((self.path / REPORT).read_bytes())
        return report

    def quarantine(self, *, offset: int = 0, limit: int = 50) -> list[dict[str, Any]]:
        """Rows that could not be used: file, line, reason, raw text."""
        entries = []
        with (self.path / QUARANTINE).open("rb") as file:
            for number, line in enumerate(file):
                if number >= offset + limit:
                    break
                if number >= offset:
                    entries.append(orjson.loads(line))
        return entries

    def stats(self, tokenizer: Tokenizer | None = None, split: str | None = None) -> dict[str, Any]:
        """Rows, characters and length percentiles, and tokens under ``tokenizer``; see :mod:`tokenloom.data.statistics`."""

        return statistics(self, tokenizer, split)

    def _scan(self, columns: list[str], split: str | None) -> Iterator[dict[str, Any]]:
        if split is not None:
            self.check_split(split)
        for row in self._file.scan(columns):
            if split is None or row[SPLIT] == split:
                yield self._decoded(row)

    @cached_property
    def mapping(self) -> Any:
        """What the columns mean: a spec of :data:`tokenloom.spec.data.Mapping`."""
        return _MAPPING.validate_python(self.meta["mapping"])

    @cached_property
    def _mapped_columns(self) -> list[str]:
        named = self.mapping.model_dump(exclude={"kind"}).values()
        return list(dict.fromkeys(name for name in named if name is not None))

    @cached_property
    def _file(self) -> RowFile:
        from tokenloom.data.rowfile import RowFile

        return RowFile(self.path / DATA, f"{self.name}@{self.version}")

    @cached_property
    def _table(self) -> Table:
        from tokenloom.data.table import Table

        return Table(self.path / DATA, f"{self.name}@{self.version}")

    @cached_property
    def json_columns(self) -> frozenset[str]:
        """Nested columns, stored as JSON text."""
        return frozenset(self.meta.get("json_columns", []))

    def _decoded(self, row: dict[str, Any]) -> dict[str, Any]:
        for name in self.json_columns:
            if row.get(name) is not None:
                row[name] = orjson.loads(row[name])
        return row


class DatasetStore:
    """Reads ``datasets/`` of a workspace; the catalog elsewhere is only an index of it."""

    def __init__(self, workspace: Workspace) -> None:
        self._folders = VersionedFolders(workspace.datasets, "dataset")

    def list(self) -> list[Dataset]:
        """All versions, by name, newest first."""
        return [self._open(meta) for meta in self._folders.metas()]

    def get(self, ref: str) -> Dataset:
        """By name (newest version), ``name@2`` or id; NotFound with near names."""
        return self._open(self._folders.find(ref))

    def _open(self, meta: dict[str, Any]) -> Dataset:
        return Dataset(self._folders.root / str(meta["id"]), meta)
