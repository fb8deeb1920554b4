"""Questions to a dataset's Parquet file. The libraries that answer them are heavy and are loaded with this module, at the first question."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tokenloom.data.conditions import Question, condition
from tokenloom.data.dataset import ROW, SPLIT
from tokenloom.kit.errors import DataError

_BATCH_ROWS = 1024
_PLACES = 8
Row = dict[str, Any]


class Table:
    """The rows of one dataset version, as they lie on the disk. ``name`` is what errors call it."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def scan(self, columns: list[str]) -> Iterator[Row]:
        """Every row in order, with bounded memory."""
        with self.reading(), pq.ParquetFile(self.path, memory_map=True) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=[ROW, SPLIT, *columns]):
                yield from batch.to_pylist()

    def answering(self, question: Question) -> Iterator[Row]:
        """Every row that answers ``question``, whole and in order, with bounded memory."""
        holds = condition(question, self._schema, self._title)
        with self.reading(), pq.ParquetFile(self.path, memory_map=True) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                yield from pl.DataFrame(batch).filter(holds).to_dicts()

    def every(self, step: int, columns: list[str], split: str | None) -> list[Row]:
        """Each ``step``-th row of a split."""
        return self._collect(self._of(split).select(ROW, SPLIT, *columns).gather_every(step))

    def numbered(self, numbers: Sequence[int]) -> list[Row]:
        """Rows by their ``_row``."""
        return self._collect(self._of(None).filter(pl.col(ROW).is_in(list(numbers))))

    def at(self, places: list[int], columns: list[str]) -> list[Row]:
        """Rows by their place in the file, from 0, in the order of the file."""
        frame = pl.scan_parquet(self.path).select(ROW, SPLIT, *columns).with_row_index("_place")
        return self._collect(frame.filter(pl.col("_place").is_in(places)).drop("_place"))

    def texts(self, column: str) -> Iterator[str]:
        """One column of all rows as text, some at a time; empty where there is nothing."""
        with self.reading(), pq.ParquetFile(self.path, memory_map=True) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=[column]):
                yield from pl.DataFrame(batch).to_series().cast(pl.String).fill_null("")

    def page(self, offset: int, limit: int, question: Question) -> list[Row]:
        """Rows that answer ``question``, in the order of the file; see :meth:`dataset.Dataset.rows`."""
        frame = self._of(None).filter(condition(question, self._schema, self._title))
        return self._collect(frame.slice(max(0, offset), max(0, limit)))

    def row(self, number: int) -> list[Row]:
        """The row with this ``_row``, if there is one."""
        return self._collect(self._of(None).filter(pl.col(ROW) == number).head(1))

    def spread(self, count: int) -> list[Row]:
        """About ``count`` rows from at most eight places of the file, evenly spread."""
        with self.reading(), pq.ParquetFile(self.path, memory_map=True) as file:
            groups = np.unique(np.linspace(0, file.num_row_groups - 1, _PLACES).round().astype(int)).tolist()
            groups = [group for group in groups if group >= 0]
            sizes = [file.metadata.row_group(group).num_rows for group in groups]
            step = max(1, sum(sizes) // max(1, count))
            rows: list[Row] = []
            for group in groups:
                rows += pl.DataFrame(file.read_row_group(group)).gather_every(step).to_dicts()
            return rows[:count]

    def largest_number(self) -> int:
        """The largest ``_row``; 0 where there is no row."""
        with self.reading():
            return int(self._of(None).select(pl.col(ROW).max()).collect().item() or 0)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Say plainly that a file of this version is missing or damaged."""
        try:
            yield
        except (OSError, orjson.JSONDecodeError, pa.ArrowException, pl.exceptions.PolarsError) as error:
            raise DataError(
                f"The data of {self.name} is {'damaged' if self.path.is_file() else 'missing'} ({str(error)[:200]}).",
                hint="Delete this version and import it once more.",
            ) from None

    def _of(self, split: str | None) -> pl.LazyFrame:
        frame = pl.scan_parquet(self.path)
        return frame if split is None else frame.filter(pl.col(SPLIT) == split)

    def _collect(self, frame: pl.LazyFrame) -> list[Row]:
        with self.reading():
            return frame.collect(engine="streaming").to_dicts()

    @property
    def _title(self) -> str:
        """The dataset's name without its version."""
        return self.name.rpartition("@")[0]

    @cached_property
    def _schema(self) -> dict[str, pl.DataType]:
        with self.reading():
            return dict(self._of(None).collect_schema())
