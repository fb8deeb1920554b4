"""Numbers about a dataset: lengths, and tokens under a tokenizer. Knows only what it needs of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from tokenloom.data.mapping import Example

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


class Coder(Protocol):
    """A tokenizer, as far as it is needed here."""

    vocab_size: int
    unk_token: str | None

    def encode_batch(self, texts: Sequence[str]) -> list[np.ndarray[Any, np.dtype[np.int32]]]: ...
    def token_id(self, token: str | None) -> int | None: ...


def statistics(dataset: Examples, tokenizer: Coder | None = None, split: str | None = None) -> dict[str, Any]:
    """Rows, characters and percentiles of length; with a tokenizer also tokens, from an even sample where there are many rows."""
    chars = np.array([_num_chars(example) for example in dataset.examples(split)], dtype=np.int64)
    told: dict[str, Any] = {
        "rows": len(chars),
        "characters": int(chars.sum()),
        "characters_per_row": _percentiles(chars),
        "splits": dataset.splits,
    }
    if tokenizer is not None and len(chars):
        told["tokens"] = _token_statistics(dataset.sample(_MAX_TOKENISED, split), tokenizer, int(chars.sum()))
    return told


def _token_statistics(sample: list[Example], tokenizer: Coder, all_chars: int) -> dict[str, Any]:
    sample = sample[:: 1 + sum(map(_num_chars, sample)) // _MAX_TOKENISED_CHARS]
    coded = iter(tokenizer.encode_batch([text for example in sample for text in example.texts]))
    per_row = [np.concatenate([next(coded) for _ in example.texts]) for example in sample]
    lengths = np.array([len(ids) for ids in per_row], dtype=np.int64)
    ids = np.concatenate(per_row)
    used = np.bincount(ids, minlength=tokenizer.vocab_size)
    sampled_chars = sum(map(_num_chars, sample))
    unknown = tokenizer.token_id(tokenizer.unk_token)
    return {
        "sampled_rows": len(sample),
        "total_estimate": round(len(ids) * all_chars / max(1, sampled_chars)),
        "per_row": _percentiles(lengths),
        "characters_per_token": round(sampled_chars / max(1, len(ids)), 3),
        "vocabulary_used": round(float((used > 0).mean()), 4),
        "unknown_rate": float(used[unknown] / max(1, len(ids))) if unknown is not None else 0.0,
        "lost_by_truncation": {str(limit): _lost(lengths, limit) for limit in _CONTEXTS},
        "lost_by_padding": {str(limit): _padding(lengths, limit) for limit in _CONTEXTS},
    }


def _lost(lengths: np.ndarray[Any, Any], limit: int) -> float:
    """Share of tokens beyond a context of ``limit``."""
    return round(float(np.maximum(lengths - limit, 0).sum() / max(1, lengths.sum())), 4)


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
