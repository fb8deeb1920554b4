"""Rows of a dataset's Parquet file by their place, without the libraries that answer questions (`table`), which a training never asks."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tokenloom.data.conditions import SPLIT
from tokenloom.kit.errors import DataError

BATCH_ROWS = 1024
ROW = "_row"
_PLACES = 8
Row = dict[str, Any]
Places = np.ndarray[Any, np.dtype[np.int64]]


class RowFile:
    """The rows of one dataset version, as they lie on the disk. ``name`` is what errors call it."""

    failures: tuple[type[Exception], ...] = (OSError, orjson.JSONDecodeError, pa.ArrowException)

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def scan(self, columns: list[str]) -> Iterator[Row]:
        """Every row in order, with bounded memory."""
        with self.opened() as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=[ROW, SPLIT, *columns]):
                yield from batch.to_pylist()

    def every(self, step: int, columns: list[str], split: str | None) -> list[Row]:
        """Each ``step``-th row of a split; row groups without one are not read."""
        with self.opened() as file:
            places = np.arange(file.metadata.num_rows) if split is None else _places_of(file, split)
            return _at(file, places[::step], columns)

    def at(self, places: Sequence[int], columns: list[str]) -> list[Row]:
        """Rows by their place in the file, from 0, in the order of the file."""
        with self.opened() as file:
            return _at(file, np.unique(np.asarray(places, dtype=np.int64)), columns)

    def spread(self, count: int) -> list[Row]:
        """About ``count`` whole rows from at most eight places of the file, evenly spread."""
        with self.opened() as file:
            groups = np.unique(np.linspace(0, file.num_row_groups - 1, _PLACES).round().astype(int)).tolist()
            groups = [group for group in groups if group >= 0]
            sizes = [file.metadata.row_group(group).num_rows for group in groups]
            step = max(1, sum(sizes) // max(1, count))
            rows: list[Row] = []
            for group, size in zip(groups, sizes, strict=True):
                rows += _taken(file.read_row_group(group), np.arange(0, size, step))
            return rows[:count]

    @contextlib.contextmanager
    def opened(self) -> Iterator[pq.ParquetFile]:
        """The file, mapped into memory; see :meth:`reading`."""
        with self.reading(), pq.ParquetFile(self.path, memory_map=True) as file:
            yield file

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Say plainly that a file of this version is missing or damaged."""
        try:
            yield
        except self.failures as error:
            raise DataError(
                f"The data of {self.name} is {'damaged' if self.path.is_file() else 'missing'} ({str(error)[:200]}).",
                hint="Delete this version and import it once more.",
            ) from None


def _places_of(file: pq.ParquetFile, split: str) -> Places:
    batches = file.iter_batches(BATCH_ROWS, columns=[SPLIT])
    splits = itertools.chain.from_iterable(batch.column(0).to_pylist() for batch in batches)
    return np.fromiter((place for place, each in enumerate(splits) if each == split), dtype=np.int64)


def _at(file: pq.ParquetFile, places: Places, columns: list[str]) -> list[Row]:
    """Rows at these ascending places; those beyond the end are left out."""
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    rows: list[Row] = []
    for group, (start, end) in enumerate(itertools.pairwise(starts.tolist())):
        inside = places[(places >= start) & (places < end)]
        if len(inside):
            rows += _taken(file.read_row_group(group, columns=[ROW, SPLIT, *columns]), inside - start)
    return rows


def _taken(table: pa.Table, places: Places) -> list[Row]:
    """Rows at these places, cut out one by one: Arrow's own way to take them loads its compute functions and pandas."""
    return [row for place in places.tolist() for row in table.slice(place, 1).to_pylist()]
