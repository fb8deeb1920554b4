"""A few numbers for each row of a dataset, so that rows can be compared with one another: 45 bytes where the row itself may have thousands."""

from __future__ import annotations

import polars as pl

SPLITS = pl.Enum(["train", "validation", "test"])
TRAIN = "train"


def indexed(block: pl.DataFrame) -> pl.DataFrame:
    """``row, split, whole, said, prompt, answer, worse, verdict, label, chars, bytes`` of a block as :func:`views.view` gives it.

    Texts are 64-bit hashes (a clash among a million is a matter of 1 in 40 million); null stays null.
    """

    def hashed(name: str) -> pl.Expr:
        return pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(seed=1)).alias(name)

    parts = [pl.col(name).fill_null("") for name in ("said", "label", "verdict", "worse")]
    return block.select(
        "row",
        pl.col("split").cast(SPLITS, strict=False),
        pl.concat_str(parts, separator="\x1f").hash(seed=1).alias("whole"),
        *(hashed(name) for name in ("said", "prompt", "answer", "worse", "verdict")),
        "label",
        pl.col("said").str.len_chars().alias("chars"),
        pl.col("said").str.len_bytes().alias("bytes"),
    ).with_columns(pl.col("label").cast(pl.Categorical))


def placed(index: pl.DataFrame) -> pl.DataFrame:
    """The index of all blocks with ``place``: where each row stands in the file, from 0."""
    return index.with_row_index("place")
