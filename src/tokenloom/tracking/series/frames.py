"""Metrics as a table for people and spreadsheets: a polars frame, CSV, JSON, Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.kit.registry import unknown_name
from tokenloom.tracking.series.columns import run_table

if TYPE_CHECKING:
    import polars

Format = Literal["csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "json", "parquet")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def metrics_frame(run_folder: Path, keys: list[str] | None = None) -> polars.DataFrame:
    """Every point as a long table (key, step, time, value); ``time`` in UTC seconds. NotFound for an unknown key."""
    import polars as pl

    table = run_table(run_folder)
    known = table.names()
    for key in keys or []:
        if key not in known:
            raise unknown_name("metric", key, known)
    chosen = known if keys is None else keys
    points = [table.points(key) for key in chosen]
    counts = [len(each) for each in points]
    return pl.DataFrame(
        {
            "key": pl.Series(np.repeat(np.arange(len(chosen)), counts)).replace_strict(
                list(range(len(chosen))), chosen, return_dtype=pl.String
            )
            if chosen
            else pl.Series([], dtype=pl.String),
            "step": np.concatenate([np.empty(0, np.int64), *(each.steps for each in points)]),
            "time": np.concatenate([np.empty(0), *(each.times for each in points)]),
            "value": np.concatenate([np.empty(0), *(each.values for each in points)]),
        }
    )


def write_frame(frame: polars.DataFrame, path: Path, file_format: Format) -> None:
    """Write ``frame`` to ``path``. CSV text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    if file_format == "parquet":
        frame.write_parquet(path)
    elif file_format == "csv":
        atomic_write(path, csv_text(frame))
    elif file_format == "json":
        atomic_write(path, json.dumps(to_json_safe(frame.to_dicts())))
    else:
        raise unknown_name("file format", file_format, FORMATS)


def csv_text(frame: polars.DataFrame) -> str:
    """``frame`` as CSV with spreadsheet formulas neutralised."""
    import polars as pl

    text = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = [pl.col(name).map_elements(neutralised, return_dtype=pl.String) for name in text]
    return frame.with_columns(safe).write_csv()


def neutralised(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
