"""Words of a domain that a tokenizer cuts into many pieces, and what a token of their own would save."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import regex

from tokenloom.data.tokenizer.lab.growing import can_grow, grow
from tokenloom.data.tokenizer.tokenizer import Tokenizer

_MOST_TRIED = 50_000
_LONGEST = 64
_SPACED = regex.compile(r" ?[\p{L}\p{M}][\p{L}\p{M}]+")


def find_candidates(
    tokenizer: Tokenizer, texts: Sequence[str], *, count: int = 100, min_frequency: int = 5
) -> dict[str, Any]:
    """The ``count`` words whose own token would save the most, and the measured effect of having them all.

    A word counts with the space before it, as it stands in running text. ``saved`` is how many tokens fewer the texts would have; the
    effect is measured with the grown tokenizer, not added up. :class:`SpecError` where the tokenizer's kind cannot grow.
    """
    can_grow(tokenizer)
    counts = Counter(word for text in texts for word in _SPACED.findall(text) if len(word) <= _LONGEST)
    common = [(word, number) for word, number in counts.most_common(_MOST_TRIED) if number >= min_frequency]
    coded = tokenizer.encode_batch([word for word, _ in common])
    ranked = sorted(
        (((len(ids) - 1) * number, word, number, len(ids)) for (word, number), ids in zip(common, coded, strict=True)),
        key=lambda each: (-each[0], each[1]),
    )
    chosen = [each for each in ranked[:count] if each[0] > 0]
    found = [
        {"text": word, "count": number, "pieces": [view.text for view in tokenizer.preview(word)], "saved": saved}
        for saved, word, number, _ in chosen
    ]
    return {"candidates": found, **_effect(tokenizer, texts, [each["text"] for each in found])}


def _effect(tokenizer: Tokenizer, texts: Sequence[str], words: list[str]) -> dict[str, Any]:
    before = sum(map(len, tokenizer.encode_batch(texts)))
    if not words:
        return {"tokens_before": before, "tokens_after": before, "new_tokens": 0}
    grown = grow(tokenizer, words)
    after = sum(map(len, grown.tokenizer.encode_batch(texts)))
    return {"tokens_before": before, "tokens_after": after, "new_tokens": len(grown.pieces)}
