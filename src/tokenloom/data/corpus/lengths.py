"""How long rows are, in characters, words and tokens: a histogram on a scale that shows the short and the long ones, and percentiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tokenloom.data.inspecting.views import Blocks, view
from tokenloom.data.progress import UNWATCHED, Watch, report, stop_if
from tokenloom.data.statistics import PERCENTILES

_BINS = 40
Lengths = np.ndarray[Any, np.dtype[np.int64]]


def row_lengths(blocks: Blocks, split: str | None, watch: Watch = UNWATCHED) -> dict[str, Lengths]:
    """``characters`` and ``words`` of every row of a split, in the order of the file."""
    parts = []
    done = 0
    for frame in blocks:
        block = view(blocks.dataset, frame)
        block = block if split is None else block.filter(pl.col("split") == split)
        said = pl.col("said")
        parts.append(
            block.select(said.str.len_chars().alias("characters"), said.str.count_matches(r"\S+").alias("words"))
        )
        done += frame.height
        stop_if(watch.cancelled, "The count")
        report(watch.progress, done, blocks.total, "rows counted")
    counted = pl.concat(parts)
    return {name: counted[name].to_numpy().astype(np.int64) for name in ("characters", "words")}


def histogram(lengths: Lengths) -> dict[str, Any]:
    """``{edges, counts, percentiles, mean, total}``; edges grow with the length, whole numbers, one more than counts."""
    if not len(lengths):
        return {"edges": [], "counts": [], "percentiles": {}, "mean": 0.0, "total": 0}
    low, high = int(lengths.min()), int(lengths.max())
    wide = (
        np.linspace(low, high + 1, _BINS + 1)
        if high < 8 * max(low, 1)
        else np.geomspace(max(low, 1), high + 1, _BINS + 1)
    )
    edges = np.unique(np.concatenate([[low], np.ceil(wide).astype(np.int64), [high + 1]]))
    counts = np.histogram(lengths, edges)[0]
    told = np.percentile(lengths, PERCENTILES)
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "percentiles": {f"p{each}": float(value) for each, value in zip(PERCENTILES, told, strict=True)},
        "mean": round(float(lengths.mean()), 2),
        "total": int(lengths.sum()),
    }
