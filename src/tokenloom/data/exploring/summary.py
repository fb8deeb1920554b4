"""What each column holds: its kind, gaps, range or commonest values, so that a filter can be offered that finds something."""

from __future__ import annotations

from typing import Any

import polars as pl

from tokenloom.data.dataset import DATA, SPLIT, Dataset
from tokenloom.data.table import Table

FEW_VALUES = 50
_MOST_DISTINCT = 1_000


def column_summary(dataset: Dataset) -> list[dict[str, Any]]:
    """``{name, kind, missing, distinct, min, max, values}`` of each column; ``kind`` is text, number, boolean or nested; ``values``: ``{value, count}``,
    commonest first, where a column has few different ones, else empty. ``distinct`` is an estimate (HyperLogLog)."""
    table = Table(dataset.path / DATA, f"{dataset.name}@{dataset.version}")
    with table.reading():
        frame = pl.scan_parquet(dataset.path / DATA)
        schema = frame.collect_schema()
        names = [name for name in (*dataset.columns, SPLIT) if name in schema]
        facts = (
            frame.select(each for name in names for each in _asked(name, schema[name]))
            .collect(engine="streaming")
            .row(0, named=True)
        )
        few = [name for name in names if _is_few(schema[name], facts[f"distinct:{name}"])]
        counted = {name: _values(frame, name) for name in few}
    return [_told(dataset, name, schema[name], facts, counted.get(name, [])) for name in names]


def _asked(name: str, kind: pl.DataType) -> list[pl.Expr]:
    value = pl.col(name)
    asked = [value.is_null().sum().alias(f"missing:{name}"), value.approx_n_unique().alias(f"distinct:{name}")]
    if kind.is_numeric():
        asked += [value.min().alias(f"min:{name}"), value.max().alias(f"max:{name}")]
    return asked


def _is_few(kind: pl.DataType, distinct: int) -> bool:
    return distinct <= (_MOST_DISTINCT if kind in (pl.String, pl.Boolean) else FEW_VALUES)


def _values(frame: pl.LazyFrame, name: str) -> list[dict[str, Any]]:
    counts = frame.group_by(name).len("count").sort("count", name, descending=[True, False], nulls_last=True)
    found = counts.drop_nulls(name).head(FEW_VALUES).collect(engine="streaming")
    return [{"value": value, "count": int(count)} for value, count in found.select(name, "count").iter_rows()]


def _told(
    dataset: Dataset, name: str, kind: pl.DataType, facts: dict[str, Any], values: list[dict[str, Any]]
) -> dict[str, Any]:
    word = (
        "nested"
        if name in dataset.json_columns
        else "number"
        if kind.is_numeric()
        else "boolean"
        if kind == pl.Boolean
        else "text"
    )
    return {
        "name": name,
        "kind": word,
        "missing": int(facts[f"missing:{name}"]),
        "distinct": int(facts[f"distinct:{name}"]),
        "min": facts.get(f"min:{name}"),
        "max": facts.get(f"max:{name}"),
        "values": [] if word == "nested" else [each for each in values if len(str(each["value"])) <= 200],
    }
