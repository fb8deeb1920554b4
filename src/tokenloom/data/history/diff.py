"""Two versions of a dataset, row by row: what was added, removed, changed, and moved to another split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from tokenloom.data.dataset import DATA, ROW, SPLIT, Dataset
from tokenloom.kit.errors import DataError
from tokenloom.kit.registry import unknown_name

Change = Literal["added", "removed", "changed", "moved"]
CHANGES: tuple[Change, ...] = ("added", "removed", "changed", "moved")
_KEY, _HASH = "_key", "_hash"
_MISSING = "\x00"


@dataclass(frozen=True)
class Diff:
    """Counts, and the places (``_row`` before, ``_row`` after) of each kind of change."""

    older: Dataset
    newer: Dataset
    key: str
    counts: dict[str, int]
    frames: dict[Change, pl.DataFrame]

    def page(self, change: Change, offset: int = 0, limit: int = 50) -> list[dict[str, Any]]:
        """Rows of one kind of change: ``{row, row_after, split, split_after, before, after}``, ``before`` or ``after`` empty where there is none."""
        part = self.frames[change].slice(offset, limit).to_dicts()
        before = _rows(self.older, [each["row"] for each in part if each["row"] is not None])
        after = _rows(self.newer, [each["row_after"] for each in part if each["row_after"] is not None])
        return [{**each, "before": before.get(each["row"]), "after": after.get(each["row_after"])} for each in part]


def diff_versions(older: Dataset, newer: Dataset, key: str = "") -> Diff:
    """Compare all columns that both have. ``key`` is the column that says which rows belong together.

    Without one, rows of a version that was made from the other are matched by their number, and otherwise by what they hold: then a
    changed row shows as one removed and one added. Raises :class:`NotFound` for a column that one lacks and :class:`DataError` where the
    key is not unique.
    """
    shared = [name for name in older.columns if name in newer.columns]
    if key and key not in shared:
        raise unknown_name(f"column of both versions of {newer.name}", key, shared)
    chosen = key or (ROW if _descends(newer, older) else "")
    before, after = _digest(older, shared, chosen), _digest(newer, shared, chosen)
    frames = _by_key(before, after, key) if chosen else _by_content(before, after)
    counts: dict[str, int] = {name: frame.height for name, frame in frames.items()}
    counts["same"] = after.height - counts["added"] - counts["changed"]
    return Diff(older, newer, chosen, counts, frames)


def summary(diff: Diff) -> dict[str, Any]:
    """Counts, columns that came and went, and rows of each split before and after."""
    older, newer = diff.older, diff.newer
    return {
        "older": reference_of(older),
        "newer": reference_of(newer),
        "key": diff.key,
        "counts": diff.counts,
        "columns_added": [name for name in newer.columns if name not in older.columns],
        "columns_removed": [name for name in older.columns if name not in newer.columns],
        "splits": {"older": older.splits, "newer": newer.splits},
        "rows": {"older": older.count(), "newer": newer.count()},
        "steps": newer.meta.get("steps") or [],
    }


def reference_of(dataset: Dataset) -> dict[str, Any]:
    """``{id, name, version}``, as manifests write it."""
    return {"id": dataset.id, "name": dataset.name, "version": dataset.version}


def _descends(newer: Dataset, older: Dataset) -> bool:
    """Whether steps made the one from the other: they keep the numbers of the rows. An import numbers them anew."""
    return bool(newer.meta.get("steps")) and any(parent["id"] == older.id for parent in newer.meta.get("parents") or [])


def _digest(dataset: Dataset, columns: list[str], key: str) -> pl.DataFrame:
    """``_row``, ``_split``, 64 bits of the shared columns, and the key of each row."""
    cells = [pl.col(name).cast(pl.String).fill_null(_MISSING) for name in columns]
    frame = pl.scan_parquet(dataset.path / DATA).select(
        pl.col(ROW),
        pl.col(SPLIT),
        pl.struct(cells).hash(0).alias(_HASH) if cells else pl.lit(0, dtype=pl.UInt64).alias(_HASH),
        (pl.col(key).cast(pl.String) if key else pl.lit("")).alias(_KEY),
    )
    return frame.collect(engine="streaming")


def _by_key(before: pl.DataFrame, after: pl.DataFrame, key: str) -> dict[Change, pl.DataFrame]:
    for name, frame in (("older", before), ("newer", after)):
        if key and frame[_KEY].n_unique() < frame.height:
            raise DataError(
                f"The column “{key}” is not unique in the {name} version, so it cannot tell rows apart.",
                hint="Name another column, or none: rows are then matched by what they hold.",
            )
    joined = before.join(after, on=_KEY, how="full", coalesce=True, suffix="_after").sort("_row", "_row_after")
    both = pl.col(ROW).is_not_null() & pl.col("_row_after").is_not_null()
    kinds = {
        "added": pl.col(ROW).is_null(),
        "removed": pl.col("_row_after").is_null(),
        "changed": both & (pl.col(_HASH) != pl.col("_hash_after")),
        "moved": both & (pl.col(SPLIT) != pl.col("_split_after")),
    }
    return {name: _places(joined.filter(kinds[name])) for name in CHANGES}


def _by_content(before: pl.DataFrame, after: pl.DataFrame) -> dict[Change, pl.DataFrame]:
    """Equal rows are paired in their order: a copy more or less counts as added or removed."""
    numbered = [frame.with_columns(pl.int_range(pl.len()).over(_HASH).alias("_copy")) for frame in (before, after)]
    joined = numbered[0].join(numbered[1], on=[_HASH, "_copy"], how="full", coalesce=True, suffix="_after")
    joined = joined.sort("_row", "_row_after")
    both = pl.col(ROW).is_not_null() & pl.col("_row_after").is_not_null()
    kinds = {
        "added": pl.col(ROW).is_null(),
        "removed": pl.col("_row_after").is_null(),
        "changed": pl.lit(False),
        "moved": both & (pl.col(SPLIT) != pl.col("_split_after")),
    }
    return {name: _places(joined.filter(kinds[name])) for name in CHANGES}


def _places(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col(ROW).alias("row"),
        pl.col("_row_after").alias("row_after"),
        pl.col(SPLIT).alias("split"),
        pl.col("_split_after").alias("split_after"),
    )


def _rows(dataset: Dataset, numbers: list[int]) -> dict[int, dict[str, Any]]:
    return {row[ROW]: row for row in dataset.rows_numbered(numbers)}
