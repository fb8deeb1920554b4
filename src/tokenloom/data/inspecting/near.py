"""Rows that say nearly the same, within the dataset and across its splits; the long part of an inspection, done when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, excerpt
from tokenloom.data.inspecting.groups import MUCH_LEAKAGE
from tokenloom.data.inspecting.views import TRAIN, Blocks, view
from tokenloom.data.likeness import NEAR, LikenessIndex, Match
from tokenloom.data.progress import Watch, report, stop_if

MAX_CLUSTERS, _ROWS_OF_CLUSTER = 200, 20
_MANY = 0.02


def near_findings(index: pl.DataFrame, blocks: Blocks, watch: Watch) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Findings, and the largest clusters as ``{size, rows, text, similarity}``; exact copies alone make no cluster."""
    with LikenessIndex() as likeness:
        for block in blocks:
            likeness.add(view(blocks.dataset, block)["said"].to_list())
            stop_if(watch.cancelled, "The search for near-duplicates")
            report(watch.progress, len(likeness), blocks.total, "rows sketched")
        labels = likeness.clusters(watch=watch).labels
        marked = index.with_columns(pl.Series("cluster", labels))
        is_held = (index["split"] != TRAIN).fill_null(False).to_numpy()
        matches = likeness.matches(is_held, ~is_held, watch=watch) if is_held.any() and not is_held.all() else []
        clusters = _clusters(marked, blocks, likeness)
    findings = [_near_duplicates(marked, clusters), _near_leakage(index, matches, blocks, int(is_held.sum()))]
    return [finding for finding in findings if finding is not None], clusters


def _clusters(marked: pl.DataFrame, blocks: Blocks, likeness: LikenessIndex) -> list[dict[str, Any]]:
    sizes = (
        marked.group_by("cluster")
        .agg(pl.len().alias("size"), pl.col("said").n_unique().alias("contents"))
        .filter(pl.col("contents") > 1)
        .sort("size", "cluster", descending=[True, False])
        .head(MAX_CLUSTERS)
    )
    members = marked.join(sizes.select("cluster"), on="cluster", how="semi").sort("place")
    different = members.unique(["cluster", "said"], keep="first", maintain_order=True)
    pairs = different.group_by("cluster", maintain_order=True).head(2)
    texts = dict(zip(pairs["place"], blocks.at(pairs["place"].to_list())["said"], strict=True))
    made = []
    for cluster, size in sizes.select("cluster", "size").iter_rows():
        rows = members.filter(pl.col("cluster") == cluster)["row"]
        first, second = pairs.filter(pl.col("cluster") == cluster)["place"].to_list()
        alike = likeness.similarity(np.array([first]), np.array([second]))
        made.append(
            {
                "size": int(size),
                "rows": rows.head(_ROWS_OF_CLUSTER).to_list(),
                "text": excerpt(texts[first]),
                "other": excerpt(texts[second]),
                "similarity": round(float(alike[0]), 3),
            }
        )
    return made


def _near_duplicates(marked: pl.DataFrame, clusters: list[dict[str, Any]]) -> Finding | None:
    """Rows whose cluster has an earlier row with another content; exact copies are another finding."""
    different = marked.unique(["cluster", "whole"], keep="first", maintain_order=True).sort("place")
    repeats = different.filter(~pl.col("cluster").is_first_distinct())
    if repeats.is_empty():
        return None
    return Finding(
        "near_duplicates", "Rows that say nearly what another says", "warning" if repeats.height >= _MANY * marked.height else "note",
        repeats.height, marked.height,
        why="They are learned as often as they stand there, and what is rare is learned less.",
        advice="Keep the first of each group.", rows=repeats["row"].head(MAX_ROWS).to_list(),
        examples=[{"rows": each["rows"][:3], "text": f"{each['text']}\n≈ {each['other']}"} for each in clusters[:MAX_EXAMPLES]],
        fix=[{"kind": "near_duplicates", "threshold": NEAR}], details={"threshold": NEAR, "clusters": int(repeats["cluster"].n_unique())},
    )  # fmt: skip


def _near_leakage(index: pl.DataFrame, matches: list[Match], blocks: Blocks, num_held: int) -> Finding | None:
    said = index["said"].to_numpy()
    near = [each for each in matches if said[each.place] != said[each.other]]
    if not near:
        return None
    rows = index["row"].to_numpy()
    shown = near[:MAX_EXAMPLES]
    held = blocks.at([each.place for each in shown])["said"]
    train = blocks.at([each.other for each in shown])["said"]
    return Finding(
        "near_leakage", "Held-out rows that nearly stand in training", "error" if len(near) >= MUCH_LEAKAGE * num_held else "warning",
        len(near), num_held,
        why="The model is tested on what it has all but learned by heart, so its scores are too good.",
        advice="Leave the like ones out of training.", rows=[int(rows[each.place]) for each in near[:MAX_ROWS]],
        examples=[
            {"rows": [int(rows[each.place]), int(rows[each.other])], "text": f"{excerpt(a)}\n≈ {excerpt(b)}"}
            for each, a, b in zip(shown, held, train, strict=True)
        ],
        fix=[{"kind": "leakage", "threshold": NEAR}], details={"threshold": NEAR},
    )  # fmt: skip
