"""Rows that are longer than the context, and rows of which nothing is learned, as the renderer of training sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, excerpt
from tokenloom.data.inspecting.views import Blocks
from tokenloom.data.mapping import BadRow, Example
from tokenloom.data.template.renderer import Renderer

MEASURED_ROWS, _MEASURED_BYTES = 4_000, 24_000_000
_TYPICAL = 1_000
_MARGIN = 16  # bytes
_MUCH_LOST = 0.2
Places = np.ndarray[Any, np.dtype[np.int64]]


def length_findings(index: pl.DataFrame, blocks: Blocks, renderer: Renderer, context: int) -> list[Finding]:
    """A row of no more bytes than ``context`` cannot be over-long, as a token has at least one byte; the rest is tokenised, or a sample of it."""
    typical = _measured(blocks, renderer, _spread(np.arange(index.height), index, _TYPICAL))
    if not typical.lengths.size:
        return _nothing_learned(typical, index, blocks)
    tokens = float(typical.lengths.mean()) * index.height
    may = np.flatnonzero(index["bytes"].to_numpy() + typical.overhead + _MARGIN > context)
    tried = _measured(blocks, renderer, _spread(may, index, MEASURED_ROWS))
    scale = len(may) / max(1, len(tried.places) + len(tried.refused))
    over = tried.lengths > context
    lost = float((tried.lengths[over] - context).sum()) * scale
    findings = _nothing_learned(typical, index, blocks)
    if over.any():
        share = min(1.0, lost / max(tokens, 1.0))
        findings.append(_over_long(index, blocks, tried, context, scale, share))
    return findings


class _Measured:
    """Places with their lengths in tokens, and those that cannot be rendered with the reason."""

    def __init__(self) -> None:
        self.places: Places = np.zeros(0, np.int64)
        self.lengths: Places = np.zeros(0, np.int64)
        self.refused: list[tuple[int, str]] = []
        self.overhead = 0
        """Most bytes that the template adds to a row."""


def _measured(blocks: Blocks, renderer: Renderer, places: Places) -> _Measured:
    told = _Measured()
    examples = blocks.examples_at(places.tolist())
    kept, lengths = [], []
    for place, answer in zip(places.tolist(), renderer.encode_batch(examples), strict=True):
        if isinstance(answer, BadRow):
            told.refused.append((place, str(answer)))
        elif not answer[1].any():
            told.refused.append((place, "nothing learned"))
        else:
            kept.append(place)
            lengths.append(len(answer[0]))
    told.places, told.lengths = np.array(kept, np.int64), np.array(lengths, np.int64)
    told.overhead = _overhead(renderer, examples)
    return told


def _overhead(renderer: Renderer, examples: list[Example]) -> int:
    added = [0]
    for example in examples[:20]:
        try:
            whole = "".join(piece.text for piece in renderer.pieces(example))
        except BadRow:
            continue
        said = sum(len(text.encode("utf-8", "replace")) for text in example.texts)
        added.append(len(whole.encode("utf-8", "replace")) - said)
    return max(added)


def _spread(places: Places, index: pl.DataFrame, most: int) -> Places:
    """At most ``most`` of the places, evenly, and no more of them than a bounded number of bytes allows."""
    if not len(places):
        return places
    mean = float(index["bytes"].to_numpy()[places].mean())
    count = int(min(len(places), most, max(50, _MEASURED_BYTES / max(mean, 1.0))))
    chosen: Places = places[np.unique(np.linspace(0, len(places) - 1, count).astype(int))]
    return chosen


def _over_long(
    index: pl.DataFrame, blocks: Blocks, tried: _Measured, context: int, scale: float, lost: float
) -> Finding:
    over = np.flatnonzero(tried.lengths > context)
    places, lengths = tried.places[over], tried.lengths[over]
    rows = index["row"].to_numpy()
    longest = np.argsort(-lengths, kind="stable")[:MAX_EXAMPLES]
    texts = blocks.at(places[longest].tolist())["said"]
    is_sampled = scale > 1.0
    return Finding(
        "over_long", f"Rows of more than {context:,} tokens", "warning" if lost < _MUCH_LOST else "error",
        round(len(over) * scale), index.height,
        why=f"Cut at {context:,} tokens, {lost:.1%} of all tokens would be lost; answers at the end are lost first.",
        advice="Use a longer context, split long rows (data.render.overlong=split), or leave them out.",
        rows=rows[places[:MAX_ROWS]].tolist(),
        examples=[
            {"row": int(rows[places[each]]), "text": f"{int(lengths[each]):,} tokens: {excerpt(text)}"}
            for each, text in zip(longest, texts, strict=True)
        ],
        details={"context": context, "tokens_lost_share": round(lost, 6), "longest": int(lengths.max()), "is_estimate": is_sampled},
    )  # fmt: skip


def _nothing_learned(typical: _Measured, index: pl.DataFrame, blocks: Blocks) -> list[Finding]:
    if not typical.refused:
        return []
    tried = len(typical.refused) + len(typical.places)
    rows = index["row"].to_numpy()
    texts = blocks.at([place for place, _ in typical.refused[:MAX_EXAMPLES]])["said"]
    share = len(typical.refused) / tried
    return [
        Finding(
            "nothing_learned", "Rows of which no token is learned", "error" if share > 0.5 else "warning",
            round(share * index.height), index.height,
            why="The template refuses them, or they hold no answer: they cost time and teach nothing.",
            advice="Choose another template, or map the column that holds the answer.",
            rows=[int(rows[place]) for place, _ in typical.refused[:MAX_ROWS]],
            examples=[
                {"row": int(rows[place]), "text": f"{reason}: {excerpt(text)}"}
                for (place, reason), text in zip(typical.refused, texts, strict=False)
            ],
            details={"is_estimate": tried < index.height},
        )
    ]  # fmt: skip
