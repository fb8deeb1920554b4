"""Two tokenizers beside each other on the same texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenloom.data.tokenizer.lab.measuring import measure
from tokenloom.data.tokenizer.tokenizer import Tokenizer

_SHOWN_TEXTS = 6
_SHOWN_CHARS = 280
_TRIED_TEXTS = 400


def compare(first: Tokenizer, second: Tokenizer, texts: Sequence[str], *, hidden_size: int = 768) -> dict[str, Any]:
    """Both measured, what the second changes, and the texts in which they differ most.

    ``length`` is the ratio of tokens, second to first: training on, and answering with, the same text costs about so much more or less.
    ``embedding_parameters`` is vocabulary × ``hidden_size``, twice that where input and output do not share their weights.
    """
    one, two = measure(first, texts), measure(second, texts)
    return {
        "first": {"name": first.name, **one, "embedding_parameters": first.vocab_size * hidden_size},
        "second": {"name": second.name, **two, "embedding_parameters": second.vocab_size * hidden_size},
        "hidden_size": hidden_size,
        "length": round(two["tokens"] / max(1, one["tokens"]), 4),
        "differences": _differences(first, second, texts),
    }


def _differences(first: Tokenizer, second: Tokenizer, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Beginnings of texts with the pieces of both, those first in which the counts differ most."""
    step = max(1, len(texts) // _TRIED_TEXTS)
    begins = [text[:_SHOWN_CHARS] for text in texts[::step]]
    pairs = zip(begins, first.encode_batch(begins), second.encode_batch(begins), strict=True)
    ranked = sorted(pairs, key=lambda each: -abs(len(each[1]) - len(each[2])) / max(1, len(each[1]), len(each[2])))
    return [
        {
            "text": text,
            "first": [view.text for view in first.preview(text)],
            "second": [view.text for view in second.preview(text)],
        }
        for text, _, _ in ranked[:_SHOWN_TEXTS]
    ]
