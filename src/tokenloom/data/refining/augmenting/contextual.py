"""Texts changed by a language model on this machine (Kobayashi, “Contextual Augmentation”, 2018, for the masked ones)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenloom.data.refining.augmenting.base import Augment, Draw, chosen, words_of
from tokenloom.data.refining.building import Filler, Tools, Writer, builder
from tokenloom.data.refining.step import Step
from tokenloom.kit.errors import DataError
from tokenloom.spec.steps.augmenting import AugmentContextualStep

WAYS = {"masked": ("replace", "insert"), "causal": ("continue", "insert"), "seq2seq": ("rewrite",)}
"""What a kind of model can do; the first is what it does by itself."""
_SEEDS = 1 << 31
_MOST_TRIED = 12
"""Texts that a preview changes: each of them takes a model's time."""
_LATER = "New rows are written when the version is made; this preview is without them."


@builder.register
def _make(spec: AugmentContextualStep, tools: Tools) -> Step:
    return Contextual(tools, spec)


class Contextual(Augment):
    """The model sees the whole text around a place as far as it can read. A text that it has no other words for makes no new row."""

    def __init__(self, tools: Tools, spec: AugmentContextualStep) -> None:
        super().__init__(tools, spec)
        self._chosen, self._note = spec, ""
        self._left = _MOST_TRIED if tools.is_preview else None
        self._filler: Filler | None = None
        self._writer: Writer | None = None
        self._back: Writer | None = None
        if tools.writer_of is None:
            if not tools.is_preview:
                raise DataError("No model can be loaded here.", hint="Make the version by a run.")
            self._note, self._left = _LATER, 0
            return
        model = tools.writer_of(spec.model)
        back = tools.writer_of(spec.back) if spec.back else None
        self._way = _way_of(spec, model, back)
        if model.kind == "masked":
            self._filler = model
        else:
            self._writer = model
        if back is not None and back.kind == "seq2seq":
            self._back = back

    def change(self, text: str, draw: Draw) -> str:
        if self._left is not None:
            if self._left <= 0:
                return text
            self._left -= 1
        if self._way == "rewrite":
            return self._rewritten(text, draw)
        pieces, places = words_of(text)
        if not places:
            return text
        if self._way == "continue":
            more = self._written(text, draw)
            return f"{text.rstrip()}{_gap(more)}{more}" if more else text
        if self._filler is not None:
            return self._filled(self._filler, pieces, places, draw)
        return self._inserted(pieces, places, draw)

    def facts(self) -> dict[str, Any]:
        return super().facts() | ({"note": self._note} if self._note else {})

    def close(self) -> None:
        self._filler = self._writer = self._back = None

    def _filled(self, filler: Filler, pieces: list[str], places: list[int], draw: Draw) -> str:
        """Words replaced, or put before others, each with what stands around it in the text as it was."""
        taken = chosen(places, self._chosen.strength, draw)
        after = 1 if self._way == "replace" else 0
        around = [("".join(pieces[:place]), "".join(pieces[place + after :])) for place in taken]
        if not after:
            around = [(left, f" {right}") for left, right in around]
        found = filler.fill(around, self._chosen.top_k + 1)
        for place, proposals in zip(taken, found, strict=True):
            word = pieces[place]
            others = [each for each in proposals if each[0].lower() != word.lower()][: self._chosen.top_k]
            if not others:
                continue
            other = self._drawn(others, draw)
            other = other.capitalize() if word[0].isupper() and (after or place == places[0]) else other
            pieces[place] = other if after else f"{other} {word}"
        return "".join(pieces)

    def _inserted(self, pieces: list[str], places: list[int], draw: Draw) -> str:
        """Words that the model writes after a beginning of the text, put there."""
        place = draw.choice(places)
        left, right = "".join(pieces[: place + 1]), "".join(pieces[place + 1 :])
        more = self._written(left, draw)
        return f"{left}{_gap(more)}{more}{right}" if more else left + right

    def _written(self, text: str, draw: Draw) -> str:
        assert self._writer is not None
        return self._said(self._writer, text, draw, self._chosen.words)

    def _rewritten(self, text: str, draw: Draw) -> str:
        assert self._writer is not None
        said = self._said(self._writer, self._chosen.prefix + text, draw, 0)
        if self._back is not None and said:
            said = self._said(self._back, self._chosen.back_prefix + said, draw, 0)
        return said or text

    def _said(self, writer: Writer, text: str, draw: Draw, most: int) -> str:
        heat, top_k = self._chosen.temperature, self._chosen.top_k
        return writer.write(text, most_words=most, temperature=heat, top_k=top_k, seed=draw.randrange(_SEEDS)).strip()

    def _drawn(self, proposals: Sequence[tuple[str, float]], draw: Draw) -> str:
        weights = [max(share, 1e-30) ** (1 / self._chosen.temperature) for _, share in proposals]
        return draw.choices([word for word, _ in proposals], weights)[0]


def _gap(more: str) -> str:
    return " " if more[:1].isalnum() else ""


def _way_of(spec: AugmentContextualStep, writer: Filler | Writer, back: Filler | Writer | None) -> str:
    ways = WAYS[writer.kind]
    if spec.way != "auto" and spec.way not in ways:
        able = next(kind for kind, can in WAYS.items() if spec.way in can)
        raise DataError(
            f"{spec.model} is a {writer.kind} model, which cannot {spec.way}.",
            hint=f"Choose way={ways[0]}, or a {able} model.",
        )
    if spec.back and (writer.kind != "seq2seq" or back is None or back.kind != "seq2seq"):
        raise DataError(
            "The way back needs two encoder-decoder models (seq2seq).",
            hint="Leave back empty, or name models that translate.",
        )
    return ways[0] if spec.way == "auto" else spec.way
