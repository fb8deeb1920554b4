"""Sentences that stand in many rows: openings, endings and lines, found in a sample and then counted in every row."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, excerpt
from tokenloom.data.inspecting.views import Blocks

_SAMPLED, _SHARE, _FEWEST = 4_000, 0.02, 5
_EDGE, _LINE = 40, 24  # characters of an opening or an ending, and of the shortest line or sentence
_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\s*\n\s*")
_MOST = 8  # sentences followed through all rows


class Boilerplate:
    """Counts rows that hold one of the sentences which a sample shows again and again."""

    def __init__(self, blocks: Blocks) -> None:
        sample = blocks.spread(_SAMPLED)
        self.column = "answer" if sample["answer"].null_count() < sample.height else "said"
        self.sentences = _repeated(sample[self.column].drop_nulls().unique(maintain_order=True).to_list())
        self._counts = dict.fromkeys(self.sentences, 0)
        self._count = self._seen = 0
        self._rows: list[int] = []
        self._texts: list[dict[str, Any]] = []

    def look(self, block: pl.DataFrame) -> None:
        """A block as :func:`views.view` gives it."""
        self._seen += block.height
        if not self.sentences:
            return
        text = pl.col(self.column)
        hits = block.select(
            text.str.contains(each, literal=True).fill_null(False).alias(str(place))
            for place, each in enumerate(self.sentences)
        )
        for place, each in enumerate(self.sentences):
            self._counts[each] += int(hits[str(place)].sum())
        found = block.filter(hits.select(pl.any_horizontal(pl.all())).to_series())
        self._count += found.height
        self._rows += found["row"].head(MAX_ROWS - len(self._rows)).to_list()
        for row, said in found.select("row", self.column).head(MAX_EXAMPLES - len(self._texts)).iter_rows():
            self._texts.append({"row": row, "text": excerpt(said)})

    def findings(self) -> list[Finding]:
        """One, where sentences repeat."""
        counts = {each: count for each, count in sorted(self._counts.items(), key=lambda pair: -pair[1]) if count > 1}
        if not counts:
            return []
        whole = {each: count for each, count in counts.items() if self.sentences[each]}
        return [
            Finding(
                "boilerplate", "Sentences that many rows repeat", "note", self._count, self._seen,
                why="The model learns to say them everywhere; disclaimers and page furniture become its habit.",
                advice="Keep them if they are wanted, such as a fixed greeting; else cut them out of the source.",
                rows=self._rows, examples=self._texts, fix=_cut(whole), details={"sentences": counts, "column": self.column},
            )
        ]  # fmt: skip


def _cut(sentences: dict[str, int]) -> list[dict[str, Any]]:
    """The step that takes whole sentences out of the texts; half of one is seen, but cutting it would leave the other half."""
    if not sentences:
        return []
    pattern = r"\s*(?:" + "|".join(re.escape(each) for each in sentences) + ")"
    return [{"kind": "pattern", "pattern": pattern, "action": "replace"}]


def _repeated(texts: list[str]) -> dict[str, bool]:
    """What stands in at least 2 % of these different texts, and whether it is a whole line or sentence or only how sentences begin or end.

    Of two that overlap a whole one is kept, then the commoner one.
    """
    whole: Counter[str] = Counter()
    halves: Counter[str] = Counter()
    for text in texts:
        parts = [part for part in _END.split(text.strip()) if part]
        lines = [line.strip() for line in text.splitlines()]
        whole.update(
            {part for part in (*lines, *parts[:1], *parts[-1:]) if len(part) >= _LINE and part != text.strip()}
        )
        if len(text) >= 2 * _EDGE:
            halves.update({text[:_EDGE].rpartition(" ")[0], text[-_EDGE:].partition(" ")[2]})
    fewest = max(_FEWEST, _SHARE * len(texts))
    kept: dict[str, bool] = {}
    for counts in (whole, halves):
        for part, count in counts.most_common():
            if count < fewest or len(kept) == _MOST:
                break
            is_said = sum(map(str.isalpha, part)) * 2 > len(part)
            if is_said and not any(part in other or other in part for other in kept):
                kept[part] = counts is whole
    return kept
