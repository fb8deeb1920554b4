"""Words and runs of words by how often they stand there, how the vocabulary grows with the text, and how much of it few words cover.

A word is a run of letters and digits in lower case; a character of Han, Hiragana or Katakana is a word by itself. Growth follows Heaps' law
V = K · n^β (Heaps, "Information Retrieval", 1978); the curve is counted, K and β are fitted to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}"
WORD = rf"[{_ALONE}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{_ALONE}]]+(?:['’]\p{{L}}+)*"
TOP_WORDS, TOP_RUNS = 200, 100
_POINTS = 60
_MAX_WORDS = 4_000_000
Codes = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Words:
    """All words of some texts one after another: ``codes`` number them by frequency (0 = commonest), ``owners`` say of which text each is."""

    codes: Codes
    owners: Codes
    names: list[str]
    counts: Codes


def words_of(texts: pl.Series) -> Words:
    """Words of the texts, in order; at most four million of them."""
    frame = pl.DataFrame({"text": texts}).with_row_index("owner")
    lists = pl.col("text").str.to_lowercase().str.extract_all(WORD).alias("word")
    every = frame.select("owner", lists).explode("word").drop_nulls().head(_MAX_WORDS)
    counts = every.group_by("word").agg(pl.len().alias("count")).sort("count", "word", descending=[True, False])
    coded = every.join(counts.select("word").with_row_index("code"), on="word", how="left", maintain_order="left")
    return Words(
        coded["code"].to_numpy().astype(np.int64),
        coded["owner"].to_numpy().astype(np.int64),
        counts["word"].to_list(),
        counts["count"].to_numpy().astype(np.int64),
    )


def frequencies(words: Words) -> dict[str, Any]:
    """``{total, distinct, once, top, pairs, triples}``: each of the lists is ``{text, count}``, commonest first; runs do not cross texts."""
    top = zip(words.names[:TOP_WORDS], words.counts[:TOP_WORDS].tolist(), strict=True)
    return {
        "total": len(words.codes),
        "distinct": len(words.names),
        "once": int((words.counts == 1).sum()),
        "top": [{"text": text, "count": count} for text, count in top],
        "pairs": _runs(words, 2),
        "triples": _runs(words, 3),
    }


def growth(words: Words) -> dict[str, Any]:
    """``{words, distinct, k, beta}``: different words among the first n, at up to sixty n, and Heaps' law fitted to them."""
    if not len(words.codes):
        return {"words": [], "distinct": [], "k": None, "beta": None}
    is_first = np.zeros(len(words.codes), bool)
    is_first[np.unique(words.codes, return_index=True)[1]] = True
    seen = np.cumsum(is_first)
    points = np.unique(np.geomspace(1, len(seen), _POINTS).astype(np.int64))
    distinct = seen[points - 1]
    k, beta = None, None
    if len(points) > 3:
        late = slice(len(points) // 3, None)  # the first words of all are no law yet
        slope, level = np.polyfit(np.log(points[late]), np.log(distinct[late]), 1)
        k, beta = round(float(np.exp(level)), 4), round(float(slope), 4)
    return {"words": points.tolist(), "distinct": distinct.tolist(), "k": k, "beta": beta}


def coverage(words: Words) -> dict[str, list[Any]]:
    """``{words, share}``: what share of the text the k commonest words make, at up to sixty k."""
    if not len(words.counts):
        return {"words": [], "share": []}
    shares = np.cumsum(words.counts) / words.counts.sum()
    points = np.unique(np.geomspace(1, len(shares), _POINTS).astype(np.int64))
    return {"words": points.tolist(), "share": [round(float(each), 5) for each in shares[points - 1]]}


def _runs(words: Words, length: int) -> list[dict[str, Any]]:
    codes, owners = words.codes, words.owners
    if len(codes) < length or len(words.names) ** length >= 1 << 63:
        return []
    end = len(codes) - length + 1
    key = np.zeros(end, np.int64)
    for place in range(length):
        key = key * len(words.names) + codes[place : place + end]
    key = key[owners[:end] == owners[length - 1 :]]
    counts = pl.Series("key", key).value_counts().filter(pl.col("count") > 1)
    found = counts.sort("count", "key", descending=[True, False])
    return [{"text": _text(words, run, length), "count": int(count)} for run, count in found.head(TOP_RUNS).iter_rows()]


def _text(words: Words, key: int, length: int) -> str:
    names = []
    for _ in range(length):
        key, code = divmod(key, len(words.names))
        names.append(words.names[code])
    return " ".join(reversed(names))
