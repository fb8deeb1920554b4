"""Numbers about a dataset: lengths, and tokens under a tokenizer. Knows only what it needs of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tokenloom.data.mapping import BadRow, Example
from tokenloom.kit.errors import DataError

if TYPE_CHECKING:
    from tokenloom.data.tokenizer.tokenizer import Tokenizer

Lengths = np.ndarray[Any, np.dtype[np.int64]]

PERCENTILES = (0, 5, 25, 50, 75, 95, 99, 100)
_MAX_TOKENISED = 5_000  # rows; more are sampled evenly
_MAX_TOKENISED_CHARS = 8_000_000
_CONTEXTS = (128, 256, 512, 1024, 2048, 4096, 8192, 32768)


class Examples(Protocol):
    """A dataset, as far as it is needed here."""

    @property
    def splits(self) -> dict[str, int]: ...
    def examples(self, split: str | None = None) -> Iterator[Example]: ...
    def sample(self, count: int, split: str | None = None) -> list[Example]: ...


def statistics(dataset: Examples, tokenizer: Tokenizer | None = None, split: str | None = None) -> dict[str, Any]:
    """Rows, characters and percentiles of length; with a tokenizer also tokens, from an even sample where there are many rows."""
    chars = np.array([len(example.said) for example in dataset.examples(split)], dtype=np.int64)
    told: dict[str, Any] = {
        "rows": len(chars),
        "characters": int(chars.sum()),
        "characters_per_row": _percentiles(chars),
        "splits": dataset.splits,
    }
    if tokenizer is not None and len(chars):
        told["tokens"] = token_statistics(dataset, tokenizer, split, int(chars.sum()))[0]
    return told


def token_statistics(
    dataset: Examples, tokenizer: Tokenizer, split: str | None, all_chars: int
) -> tuple[dict[str, Any], Lengths]:
    """Tokens of an even sample as training reads it, marks of the template included, and the length of each sampled row.

    ``characters_per_token``, ``vocabulary_used`` and ``unknown_rate`` are of the texts alone.
    """
    sample = dataset.sample(_MAX_TOKENISED, split)
    sample = sample[:: 1 + sum(len(example.said) for example in sample) // _MAX_TOKENISED_CHARS]
    said = sum(len(example.said) for example in sample)
    coded = tokenizer.encode_batch([text for example in sample for text in example.texts])
    ids = np.concatenate(coded) if coded else np.zeros(0, np.int32)
    used = np.bincount(ids, minlength=tokenizer.vocab_size)
    lengths, template = read_lengths(sample, tokenizer)
    unknown = tokenizer.token_id(tokenizer.unk_token)
    told = {
        "sampled_rows": len(sample),
        "template": template,
        "total_estimate": round(int(lengths.sum()) * all_chars / max(1, said)),
        "per_row": _percentiles(lengths),
        "characters_per_token": round(sum(map(_num_chars, sample)) / max(1, len(ids)), 3),
        "vocabulary_used": round(float((used > 0).mean()), 4),
        "unknown_rate": float(used[unknown] / max(1, len(ids))) if unknown is not None else 0.0,
        "lost_by_truncation": {str(limit): _lost(lengths, limit) for limit in _CONTEXTS},
        "lost_by_padding": {str(limit): _padding(lengths, limit) for limit in _CONTEXTS},
    }
    return told, lengths


def read_lengths(examples: Sequence[Example], tokenizer: Tokenizer) -> tuple[Lengths, str]:
    """Tokens of each example with the tokenizer's template around it, and the template's name.

    Examples that the template refuses are left out. Where it can be used for none, those of the texts alone, and no name.
    """
    from tokenloom.data.template.renderer import Renderer

    try:
        renderer = Renderer(tokenizer)
        read = [each for each in renderer.encode_batch(examples) if not isinstance(each, BadRow)]
    except DataError:
        read = []
    if read:
        return np.array([len(ids) for ids, _ in read], dtype=np.int64), renderer.name
    coded = iter(tokenizer.encode_batch([text for example in examples for text in example.texts]))
    return np.array([sum(len(next(coded)) for _ in each.texts) for each in examples], dtype=np.int64), ""


def _lost(lengths: np.ndarray[Any, Any], limit: int) -> float:
    """Share of tokens beyond a context of ``limit``; 0 only where nothing is."""
    lost = float(np.maximum(lengths - limit, 0).sum() / max(1, lengths.sum()))
    return max(round(lost, 4), 0.0001) if lost else 0.0


def _padding(lengths: np.ndarray[Any, Any], limit: int) -> float:
    """Share of padding if every row were padded to ``limit``."""
    return round(float(1 - np.minimum(lengths, limit).mean() / limit), 4)


def _percentiles(values: np.ndarray[Any, Any]) -> dict[str, float]:
    if not len(values):
        return {}
    told = {
        f"p{each}": float(value) for each, value in zip(PERCENTILES, np.percentile(values, PERCENTILES), strict=True)
    }
    return told | {"mean": round(float(values.mean()), 2)}


def _num_chars(example: Example) -> int:
    return sum(map(len, example.texts))
