"""Rows that a notebook holds: a pandas or polars frame, an Arrow table, or dicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tokenloom.data.format.columnar.values import plain
from tokenloom.data.source.opening import Rows
from tokenloom.kit.errors import DataError

_PIECE = 1000


def rows_from(held: Any, label: str = "rows of this program") -> Rows:
    """``held`` as a source. Frames are known by what they can do, so that neither library need be installed.

    Missing values of pandas become null, times become ISO text. Raises :class:`DataError` for what holds no rows.
    """
    if hasattr(held, "iter_rows") and hasattr(held, "columns"):  # polars
        held = held.collect() if hasattr(held, "collect") else held
        return Rows(map(_plain_row, held.iter_rows(named=True)), label)
    if hasattr(held, "collect") and hasattr(held, "collect_schema"):  # polars, lazy
        return rows_from(held.collect(), label)
    if hasattr(held, "iloc") and hasattr(held, "columns"):
        return Rows(_of_pandas(held), label)
    if hasattr(held, "to_batches"):
        return Rows((_plain_row(row) for batch in held.to_batches(_PIECE) for row in batch.to_pylist()), label)
    if isinstance(held, Mapping | str | bytes) or not isinstance(held, Iterable):
        raise DataError(
            f"A {type(held).__name__} holds no rows.",
            hint="Give a pandas or polars frame, an Arrow table, or a list of dicts.",
        )
    return Rows(map(_plain_row, held), label)


def _of_pandas(frame: Any) -> Iterator[dict[str, Any]]:
    for start in range(0, len(frame), _PIECE):
        piece = frame.iloc[start : start + _PIECE].astype(object)
        for row in piece.where(piece.notna(), None).to_dict("records"):
            yield _plain_row(row)


def _plain_row(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise DataError(f"A {type(row).__name__} is no row.", hint="Each row is a dict of column to value.")
    return {str(name): plain(_unwrapped(value)) for name, value in row.items()}


def _unwrapped(value: Any) -> Any:
    """Scalars and arrays of numpy as Python's own."""
    return value.tolist() if hasattr(value, "tolist") and hasattr(value, "dtype") else value
