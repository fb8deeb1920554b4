"""Dataset versions with many rows, written in one go: importing a million rows would take a test minutes."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from tokenloom.data.dataset import DATA, QUARANTINE, REPORT, Dataset
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace

GROUP_ROWS = 8_192


def big_dataset(workspace: Workspace, count: int, name: str = "big") -> Dataset:
    """Prompts and answers, each another, save that of every thousand rows one repeats the row before it and one has broken letters;
    of every ten thousand one test row stands in training; a tenth has no topic."""
    frame = _frame(count)
    splits = {str(split): int(rows) for split, rows in frame["_split"].value_counts().iter_rows()}
    mapping = {"kind": "prompt", "prompt": "prompt", "completion": "completion"}
    rows = {"raw": count, "good": count, "bad": 0}
    identity = content_id("big", name, count)
    meta = {
        "kind": "tokenloom.dataset", "id": identity, "name": name, "version": 1, "created": "2026-01-01T00:00:00+00:00",
        "shape": "prompt", "mapping": mapping, "splits": splits, "columns": ["prompt", "completion", "topic", "level"],
        "json_columns": [], "rows": rows, "ledger": {"stages": []}, "source": {},
    }  # fmt: skip
    report = {"rows": rows, "reasons": {}, "notes": [], "first_bad": [], "duplicates": {"rows": 0, "contents": 0}}
    with atomic_dir_commit(workspace.datasets / identity, meta=meta) as folder:
        frame.write_parquet(folder / DATA, compression="zstd", compression_level=1, row_group_size=GROUP_ROWS)
        (folder / QUARANTINE).write_text("")
        (folder / REPORT).write_text(json.dumps(report))
    return Dataset(workspace.datasets / identity, meta)


def _frame(count: int) -> pl.DataFrame:
    place = pl.int_range(count, dtype=pl.Int64)
    source = pl.when(place % 1000 == 999).then(place - 1).otherwise(place)
    source = pl.when(place % 10_000 == 9_201).then(place - 1).otherwise(source)
    split = pl.when(place % 100 < 90).then(pl.lit("train")).when(place % 100 < 95).then(pl.lit("validation"))
    words = np.random.default_rng(0).integers(0, 1 << 30, count)
    frame = pl.select(
        place.alias("place"), source.alias("source"), split.otherwise(pl.lit("test")).alias("split")
    ).with_columns(pl.Series("draw", words))
    draw = pl.col("draw").gather(pl.col("source"))
    broken = pl.when(pl.col("place") % 1000 == 500).then(pl.lit(" caf\u00c3\u00a9")).otherwise(pl.lit(""))
    leaked = pl.col("place") % 10_000 == 9_201
    return frame.select(
        pl.format("What does entry {} of book {} say about {}?", pl.col("source"), draw % 977, draw).alias("prompt"),
        pl.format("Entry {} says: {} and {} make {}.{}", pl.col("source"), draw % 101, draw % 89, draw, broken).alias(
            "completion"
        ),
        pl.when(pl.col("place") % 10 != 3).then(pl.format("topic {}", draw % 20)).alias("topic"),
        (draw % 1000 / 10).alias("level"),
        (pl.col("place") + 1).alias("_row"),
        pl.when(leaked).then(pl.lit("test")).otherwise(pl.col("split")).alias("_split"),
    )
