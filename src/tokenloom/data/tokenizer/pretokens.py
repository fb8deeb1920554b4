"""Much text at once: cut into pre-tokens by a compiled expression, and each *different* one merged a single time.

Language repeats its words (Zipf): of 1.7 million pre-tokens in 8 MB a fiftieth are different, so merging, the costly part, is done for these alone and
looked up for the rest. Cutting, counting and looking up run outside the interpreter lock. Polars starts threads as soon as it is imported, and workers
are forked from a process that must have none, so it is imported where it is used. Legend: texts P, pre-tokens W of all texts, different ones D,
tokens T.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.int32]]
Merge = Callable[[bytes], Sequence[int]]
"""The merge ranks of one pre-token."""
_POSSESSIVE = re.compile(r"[*+?}]\+")  # compiled here as a repetition of a repetition, which matches more


class PreTokenEncoder:
    """``pattern`` matches a pre-token; what it does not match is left out. Raises :class:`ValueError` for one that cannot be compiled without
    looking ahead or back, or that gives nothing back."""

    def __init__(self, pattern: str, merge: Merge, ids_of_ranks: Ids) -> None:
        if _POSSESSIVE.search(pattern):
            raise ValueError("it has a possessive quantifier")
        import polars as pl

        self._pattern, self._merge, self._ids_of_ranks = pattern, merge, ids_of_ranks
        try:
            self.encode([""])
        except pl.exceptions.PolarsError as error:
            raise ValueError(str(error)) from None

    def encode(self, texts: list[str]) -> list[Ids]:
        """Ids of each text, as int32."""
        import polars as pl

        cut = pl.Series(texts, dtype=pl.String).str.extract_all(self._pattern)
        counts_P = cut.list.len().to_numpy().astype(np.int64)
        coded = cut.explode().drop_nulls().to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
        codes_W = coded.indices.to_numpy()
        ranks = [self._merge(word.encode()) for word in coded.dictionary.to_pylist()]
        lengths_D = np.fromiter(map(len, ranks), dtype=np.int64, count=len(ranks))
        starts_D = np.cumsum(lengths_D) - lengths_D
        table = self._ids_of_ranks[np.fromiter(chain.from_iterable(ranks), np.int64, count=int(lengths_D.sum()))]
        lengths_W = lengths_D[codes_W]
        ends_W = np.concatenate([[0], np.cumsum(lengths_W)])
        ids_T = table[np.repeat(starts_D[codes_W] - ends_W[:-1], lengths_W) + np.arange(ends_W[-1])]
        ends_P = ends_W[np.concatenate([[0], np.cumsum(counts_P)])].tolist()
        return [ids_T[start:end] for start, end in pairwise(ends_P)]
