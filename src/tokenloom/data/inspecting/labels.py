"""Trouble of classes: few rows of one, names that differ only in case, the same text under two names."""

from __future__ import annotations

import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, drop_rows, excerpt
from tokenloom.data.inspecting.views import TRAIN, Blocks

_IMBALANCED = 10.0
"""Times that the commonest class has as many rows as the rarest."""
_RARE = 10
_MAX_NAMED = 50


def label_findings(index: pl.DataFrame, blocks: Blocks) -> list[Finding]:
    """Of a dataset with a column of classes; nothing for others."""
    index = index.filter(pl.col("label").is_not_null()).with_columns(pl.col("label").cast(pl.String))
    if index.is_empty():
        return []
    counts = index.group_by("label").len("rows").sort("rows", "label", descending=[True, False])
    made = [
        _imbalance(index, counts),
        _rare(index, counts),
        _unseen(index),
        _alike(index, counts),
        _noise(index, blocks),
    ]
    return [finding for finding in made if finding is not None]


def _imbalance(index: pl.DataFrame, counts: pl.DataFrame) -> Finding | None:
    most, least = int(counts["rows"][0]), int(counts["rows"][-1])
    if counts.height < 2 or most < _IMBALANCED * least:
        return None
    return Finding(
        "imbalance", f"The commonest class has {most / least:,.0f} times the rows of the rarest", "warning",
        most, index.height,
        why="Always answering the commonest class already scores well, and the rare ones are not learned.",
        advice="Judge by macro F1 instead of accuracy, gather more of the rare classes, or weight them.",
        details={"classes": _counted(counts)},
    )  # fmt: skip


def _rare(index: pl.DataFrame, counts: pl.DataFrame) -> Finding | None:
    rare = counts.filter(pl.col("rows") < _RARE)
    if rare.is_empty():
        return None
    found = index.filter(pl.col("label").is_in(rare["label"].implode())).sort("place")
    return Finding(
        "rare_labels", f"Classes with fewer than {_RARE} rows", "warning", found.height, index.height,
        why="So few rows teach no class, and a split may have none of them.",
        advice="Gather more, join them with another class, or leave them out.", rows=found["row"].head(MAX_ROWS).to_list(),
        fix=drop_rows(found["row"]), details={"classes": _counted(rare)},
    )  # fmt: skip


def _unseen(index: pl.DataFrame) -> Finding | None:
    known = index.filter(pl.col("split") == TRAIN)["label"].unique()
    found = index.filter(~pl.col("label").is_in(known.implode())).sort("place")
    if found.is_empty() or known.is_empty():
        return None
    counts = found.group_by("label").len("rows").sort("rows", descending=True)
    return Finding(
        "unseen_labels", "Classes that training never shows", "error", found.height, index.height,
        why="The model cannot answer a class that it has never seen; these rows are always wrong.",
        advice="Split by class (stratified), so that each stands in training.", rows=found["row"].head(MAX_ROWS).to_list(),
        fix=[{"kind": "resplit", "split": {"kind": "stratified"}}], details={"classes": _counted(counts)},
    )  # fmt: skip


def _alike(index: pl.DataFrame, counts: pl.DataFrame) -> Finding | None:
    plain = pl.col("label").str.to_lowercase().str.replace_all(r"[\s_-]+", " ").str.strip_chars()
    groups = counts.with_columns(plain.alias("plain")).filter(pl.len().over("plain") > 1).sort("plain", "label")
    if groups.is_empty():
        return None
    found = index.filter(pl.col("label").is_in(groups["label"].implode())).sort("place")
    names = groups.group_by("plain", maintain_order=True).agg("label")["label"].to_list()
    return Finding(
        "alike_labels", "Names of classes that differ only in case or spaces", "warning", found.height, index.height,
        why="One class is learned as several, each with a part of its rows.",
        advice="Write them alike in the source and import it again.", rows=found["row"].head(MAX_ROWS).to_list(),
        details={"names": [list(each) for each in names[:_MAX_NAMED]]},
    )  # fmt: skip


def _noise(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    votes = index.group_by("said", "label").agg(pl.len().alias("votes"), pl.col("place").min().alias("first"))
    several = votes.filter(pl.len().over("said") > 1).sort("votes", "first", descending=[True, False])
    if several.is_empty():
        return None
    found = index.join(several.select("said").unique(), on="said", how="semi").sort("place")
    winners = several.unique("said", keep="first", maintain_order=True).select("said", "label")
    losers = found.join(winners, on=["said", "label"], how="anti").sort("place")
    groups = found.group_by("said", maintain_order=True).agg(
        "row", pl.col("label").unique(maintain_order=True), pl.col("place").first()
    )
    shown = groups.head(MAX_EXAMPLES)
    texts = blocks.at(shown["place"].to_list())["said"]
    return Finding(
        "label_noise", "The same text under different classes", "warning", found.height, index.height,
        why="No model can be right on both rows; what it learns there is noise.",
        advice="Decide for one class; the fix keeps the commoner one of each text.", rows=found["row"].head(MAX_ROWS).to_list(),
        examples=[
            {"rows": rows[:3], "text": f"{' ≠ '.join(labels[:4])}: {excerpt(text)}"}
            for (rows, labels), text in zip(shown.select("row", "label").iter_rows(), texts, strict=True)
        ],
        fix=drop_rows(losers["row"]), details={"texts": groups.height},
    )  # fmt: skip


def _counted(counts: pl.DataFrame) -> dict[str, int]:
    return {str(name): int(count) for name, count in counts.select("label", "rows").head(_MAX_NAMED).iter_rows()}
