"""One immutable version of a dataset, read lazily from its folder, and the store that finds them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from tokenloom.data.ledger import Ledger
from tokenloom.data.mapping import Example, reader_of
from tokenloom.data.statistics import Coder, statistics
from tokenloom.data.versions import VersionedFolders
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import Mapping

DATA, QUARANTINE, REPORT = "data.parquet", "quarantine.jsonl", "report.json"
ROW, SPLIT = "_row", "_split"
MOST_LABELS = 10_000
_BATCH_ROWS = 1024
_MAPPING: TypeAdapter[Any] = TypeAdapter(Mapping)


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
        read = reader_of(self._mapping)
        for row in self._scan(self._mapped_columns, split):
            yield read(row[ROW], row)

    def sample(self, count: int, split: str | None = None) -> list[Example]:
        """About ``count`` examples, evenly spread over the split."""
        frame = self._frame().select(ROW, SPLIT, *self._mapped_columns)
        if split is not None:
            frame = frame.filter(pl.col(SPLIT) == self.check_split(split))
        rows = self._collect(frame.gather_every(max(1, self.count(split) // count)))
        read = reader_of(self._mapping)
        return [read(row[ROW], self._decoded(row)) for row in rows]

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
        frame = self._frame()
        if split is not None:
            frame = frame.filter(pl.col(SPLIT) == self.check_split(split))
        for column, wanted in (filter or {}).items():
            frame = frame.filter(self._condition(column, wanted))
        if search:
            texts = [name for name, kind in self._schema.items() if kind == pl.String and name != SPLIT]
            found = [pl.col(name).str.contains_any([search], ascii_case_insensitive=True) for name in texts]
            frame = frame.filter(pl.any_horizontal(found).fill_null(False)) if found else frame.filter(False)
        return [self._decoded(row) for row in self._collect(frame.slice(max(0, offset), max(0, limit)))]

    def row(self, number: int) -> dict[str, Any]:
        """The row with this ``_row``; NotFound where it was quarantined or never was."""
        found = self._collect(self._frame().filter(pl.col(ROW) == number).head(1))
        if not found:
            raise NotFound(
                f"{self.name} has no row {number}.", hint="It may be in the quarantine, with its reason.", row=number
            )
        return self._decoded(found[0])

    def example(self, number: int) -> Example:
        """The row with this ``_row`` as a model would be taught it; see :meth:`row`."""
        return reader_of(self._mapping)(number, self.row(number))

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
        with self._reading():
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

    def stats(self, tokenizer: Coder | None = None, split: str | None = None) -> dict[str, Any]:
        """Rows, characters and length percentiles, and tokens under ``tokenizer``; see :mod:`tokenloom.data.statistics`."""

        return statistics(self, tokenizer, split)

    def _scan(self, columns: list[str], split: str | None) -> Iterator[dict[str, Any]]:
        if split is not None:
            self.check_split(split)
        with self._reading(), pq.ParquetFile(self.path / DATA, memory_map=True) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=[ROW, SPLIT, *columns]):
                for row in batch.to_pylist():
                    if split is None or row[SPLIT] == split:
                        yield self._decoded(row)

    @cached_property
    def _mapping(self) -> Any:
        return _MAPPING.validate_python(self.meta["mapping"])

    @cached_property
    def _mapped_columns(self) -> list[str]:
        named = self._mapping.model_dump(exclude={"kind"}).values()
        return list(dict.fromkeys(name for name in named if name is not None))

    def _frame(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path / DATA)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Say plainly that a file of this version is missing or damaged."""
        try:
            yield
        except (OSError, orjson.JSONDecodeError, pa.ArrowException, pl.exceptions.PolarsError) as error:
            is_there = (self.path / DATA).is_file()
            raise DataError(
                f"The data of {self.name}@{self.version} is {'damaged' if is_there else 'missing'} ({str(error)[:200]}).",
                hint="Delete this version and import it once more.",
            ) from None

    def _collect(self, frame: pl.LazyFrame) -> list[dict[str, Any]]:
        with self._reading():
            return frame.collect(engine="streaming").to_dicts()

    @cached_property
    def _schema(self) -> dict[str, pl.DataType]:
        with self._reading():
            return dict(self._frame().collect_schema())

    @cached_property
    def _json_columns(self) -> frozenset[str]:
        return frozenset(self.meta.get("json_columns", []))

    def _condition(self, column: str, wanted: Any) -> pl.Expr:
        if column not in self._schema:
            raise unknown_name(f"column of {self.name}", column, self._schema)
        value = pl.col(column)
        if isinstance(wanted, list):
            return value.cast(pl.String).is_in([str(each) for each in wanted])
        if not isinstance(wanted, dict):
            return value.is_null() if wanted is None else value.cast(pl.String) == str(wanted)
        condition = pl.lit(True)
        if "min" in wanted:
            condition &= value.cast(pl.Float64, strict=False) >= float(wanted["min"])
        if "max" in wanted:
            condition &= value.cast(pl.Float64, strict=False) <= float(wanted["max"])
        if "contains" in wanted:
            condition &= value.cast(pl.String).str.contains_any([str(wanted["contains"])], ascii_case_insensitive=True)
        return condition

    def _decoded(self, row: dict[str, Any]) -> dict[str, Any]:
        for name in self._json_columns:
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

    def delete(self, ref: str) -> str:
        """Remove one version; its id."""
        return self._folders.delete(ref)

    def _open(self, meta: dict[str, Any]) -> Dataset:
        return Dataset(self._folders.root / str(meta["id"]), meta)
