"""Trouble among rows: the same content twice, the same in training and in a held-out split, and answers that contradict each other."""

from __future__ import annotations

from typing import Any

import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, Severity, excerpt
from tokenloom.data.inspecting.views import TRAIN, Blocks

MUCH_LEAKAGE = 0.05
"""Share of held-out rows that also stand in training from which on their scores say little."""
_MANY_COPIES = 0.01
_SHOWN_OF_GROUP = 3


def group_findings(index: pl.DataFrame, blocks: Blocks, shape: str) -> list[Finding]:
    """``index``: as :func:`views.placed` gives it, over the whole dataset."""
    made = [_duplicates(index, blocks), _leakage(index, blocks), _leaked_prompts(index, blocks)]
    if shape in ("prompt", "chat"):
        made.append(_contradictions(index, blocks))
    if shape == "feedback":
        made.append(_both_verdicts(index, blocks))
    if shape == "preference":
        made.append(_both_orders(index, blocks))
    return [finding for finding in made if finding is not None]


def _duplicates(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    copies = index.filter(~pl.col("whole").is_first_distinct())
    if copies.is_empty():
        return None
    sizes = copies.group_by("whole", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    share = copies.height / index.height
    return Finding(
        "duplicates", "Rows that repeat another", "warning" if share >= _MANY_COPIES else "note", copies.height, index.height,
        why="What stands there several times is learned several times as much, and soon by heart.",
        advice="Keep the first of each.", rows=copies["row"].head(MAX_ROWS).to_list(),
        examples=_examples(index, blocks, "whole", sizes["whole"].head(MAX_EXAMPLES)),
        fix=[{"kind": "duplicates"}], details={"contents": sizes.height, "most_copies": int(sizes["len"][0]) + 1},
    )  # fmt: skip


def _leakage(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    held, leaked = _leaks(index, "said")
    if leaked.is_empty():
        return None
    between = _by_split(leaked)
    return Finding(
        "leakage", "Held-out rows that also stand in training", _leak_severity(leaked.height, held.height),
        leaked.height, held.height,
        why="The model is tested on what it has learned by heart, so its scores are too good.",
        advice="Leave the copies out of training.", rows=leaked["row"].head(MAX_ROWS).to_list(),
        examples=_examples(index, blocks, "said", leaked["said"].unique(maintain_order=True).head(MAX_EXAMPLES)),
        fix=[{"kind": "leakage"}], details={"splits": between},
    )  # fmt: skip


def _leaked_prompts(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    """The same question in training with another answer: it leaks less, but leaks."""
    asked = index.filter(pl.col("prompt").is_not_null())
    if asked.is_empty():
        return None
    held, leaked = _leaks(asked, "prompt")
    leaked = leaked.filter(~pl.col("said").is_in(index.filter(pl.col("split") == TRAIN)["said"].implode()))
    if leaked.is_empty():
        return None
    return Finding(
        "leaked_prompts", "Held-out prompts that training also asks, with another answer", "warning",
        leaked.height, held.height,
        why="The answer was seen in other words, so the score on these rows is too good.",
        advice="Split by prompt, so that all answers to one question stay together.",
        rows=leaked["row"].head(MAX_ROWS).to_list(),
        examples=_examples(index, blocks, "prompt", leaked["prompt"].unique(maintain_order=True).head(MAX_EXAMPLES)),
        fix=_by_prompt(blocks),
        details={"splits": _by_split(leaked)},
    )  # fmt: skip


def _by_prompt(blocks: Blocks) -> list[dict[str, Any]]:
    """A split that keeps all answers to one prompt together, where a column holds the prompt."""
    column = getattr(blocks.dataset.mapping, "prompt", None)
    return [{"kind": "resplit", "split": {"kind": "grouped", "column": column}}] if column else []


def _leaks(index: pl.DataFrame, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All held-out rows, and those of them whose ``key`` stands in training."""
    train = index.filter(pl.col("split") == TRAIN)[key].unique()
    held = index.filter(pl.col("split") != TRAIN)
    return held, held.filter(pl.col(key).is_in(train.implode()))


def _leak_severity(leaked: int, held: int) -> Severity:
    return "error" if leaked >= MUCH_LEAKAGE * held else "warning"


def _contradictions(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    several = _with_several(index, ["prompt"], "answer")
    if several.is_empty():
        return None
    return Finding(
        "contradictions", "Prompts that have several different answers", "note", several.height, index.height,
        why="The model learns a mixture of them; where one is right and one is wrong, it learns both.",
        advice="Look whether they are variants or contradictions; keep the right one.",
        rows=several["row"].head(MAX_ROWS).to_list(),
        examples=_examples(index, blocks, "prompt", several["prompt"].unique(maintain_order=True).head(MAX_EXAMPLES)),
        details={"prompts": several["prompt"].n_unique()},
    )  # fmt: skip


def _both_verdicts(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    several = _with_several(index, ["said"], "verdict")
    if several.is_empty():
        return None
    return Finding(
        "both_verdicts", "The same answer called both good and bad", "warning", several.height, index.height,
        why="The two cancel out, and what remains is noise.", advice="Decide for one, and leave the other out.",
        rows=several["row"].head(MAX_ROWS).to_list(),
        examples=_examples(index, blocks, "said", several["said"].unique(maintain_order=True).head(MAX_EXAMPLES)),
    )  # fmt: skip


def _both_orders(index: pl.DataFrame, blocks: Blocks) -> Finding | None:
    """One pair that says a is better than b, and one that says the contrary."""
    keys = ["prompt", "answer", "worse"]
    turned = index.select("prompt", pl.col("worse").alias("answer"), pl.col("answer").alias("worse"))
    found = index.join(turned, on=keys, how="semi").sort("place")
    if found.is_empty():
        return None
    return Finding(
        "both_orders", "Pairs that stand there in both orders", "warning", found.height, index.height,
        why="One row says that the first answer is better, another that the second is: nothing is learned from the two.",
        advice="Decide for one order, and leave the other out.", rows=found["row"].head(MAX_ROWS).to_list(),
        examples=_examples(index, blocks, "prompt", found["prompt"].unique(maintain_order=True).head(MAX_EXAMPLES)),
    )  # fmt: skip


def _with_several(index: pl.DataFrame, keys: list[str], value: str) -> pl.DataFrame:
    """Rows whose ``keys`` stand there with more than one ``value``, in the order of the file."""
    several = index.group_by(keys).agg(pl.col(value).n_unique().alias("values")).filter(pl.col("values") > 1)
    return index.join(several.select(keys), on=keys, how="semi").sort("place")


def _by_split(rows: pl.DataFrame) -> dict[str, int]:
    return {str(name): int(count) for name, count in rows.group_by("split").len().sort("split").iter_rows()}


def _examples(index: pl.DataFrame, blocks: Blocks, key: str, chosen: pl.Series) -> list[dict[str, Any]]:
    """The first rows of each chosen group with their texts."""
    found = index.filter(pl.col(key).is_in(chosen.implode())).sort("place")
    heads = found.group_by(key, maintain_order=True).head(_SHOWN_OF_GROUP)
    texts = dict(zip(heads["row"], blocks.at(heads["place"].to_list())["said"], strict=True))
    made = []
    for value in chosen:
        rows = heads.filter(pl.col(key) == value)["row"].to_list()
        shown = list(dict.fromkeys(excerpt(texts[row]) for row in rows))
        made.append({"rows": rows, "text": "\n≠ ".join(shown)})
    return made
