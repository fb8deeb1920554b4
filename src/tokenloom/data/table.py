"""Questions to a dataset's Parquet file. The library that answers them is heavy and is loaded with this module, at the first question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import polars as pl

from tokenloom.data.conditions import Question, condition
from tokenloom.data.rowfile import BATCH_ROWS, ROW, Row, RowFile


class Table(RowFile):
    """The rows of one dataset version, and answers from them."""

    failures = (*RowFile.failures, pl.exceptions.PolarsError)

    def answering(self, question: Question) -> Iterator[Row]:
        """Every row that answers ``question``, whole and in order, with bounded memory."""
        holds = condition(question, self._schema, self._title)
        with self.opened() as file:
            for batch in file.iter_batches(BATCH_ROWS):
                yield from pl.DataFrame(batch).filter(holds).to_dicts()

    def numbered(self, numbers: Sequence[int]) -> list[Row]:
        """Rows by their ``_row``."""
        return self._collect(self._rows.filter(pl.col(ROW).is_in(list(numbers))))

    def texts(self, column: str) -> Iterator[str]:
        """One column of all rows as text, some at a time; empty where there is nothing."""
        with self.opened() as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=[column]):
                yield from pl.DataFrame(batch).to_series().cast(pl.String).fill_null("")

    def page(self, offset: int, limit: int, question: Question) -> list[Row]:
        """Rows that answer ``question``, in the order of the file; see :meth:`dataset.Dataset.rows`."""
        frame = self._rows.filter(condition(question, self._schema, self._title))
        return self._collect(frame.slice(max(0, offset), max(0, limit)))

    def row(self, number: int) -> list[Row]:
        """The row with this ``_row``, if there is one."""
        return self._collect(self._rows.filter(pl.col(ROW) == number).head(1))

    def largest_number(self) -> int:
        """The largest ``_row``; 0 where there is no row."""
        with self.reading():
            return int(self._rows.select(pl.col(ROW).max()).collect().item() or 0)

    @property
    def _rows(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path)

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
            return dict(self._rows.collect_schema())
