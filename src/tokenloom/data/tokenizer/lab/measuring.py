"""Fertility and coverage of a tokenizer on texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import regex

from tokenloom.data.dataset import Dataset
from tokenloom.data.tokenizer.fast import Ids
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.kit.errors import DataError

SAMPLE_ROWS = 5_000
SAMPLE_CHARS = 4_000_000
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
_STANDING = regex.compile(rf" ?{_WORD.pattern}")
_MOST_WORDS = 20_000
_SHOWN = 24


def texts_of(dataset: Dataset, split: str | None = None) -> list[str]:
    """What is read of an even sample of rows: at most 5,000 rows and about 4 million characters. :class:`DataError` without any."""
    texts, room = [], SAMPLE_CHARS
    for example in dataset.sample(SAMPLE_ROWS, split):
        texts += [text for text in example.texts if text]
        room -= sum(map(len, example.texts))
        if room < 0:
            break
    if not texts:
        raise DataError(f"{dataset.name} holds no text.", hint="Choose another dataset or split.")
    return texts


def words_in(texts: Sequence[str]) -> Counter[str]:
    """Words of the texts and how often each stands there."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_WORD.findall(text))
    return counts


def measure(tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Any]:
    """What ``tokenizer`` makes of ``texts``: tokens a word and a character, unknown tokens, words in one token, words that it cuts most.

    ``whole_words`` is the share of all words in running text that are one token. A word is tried as it stands there, with a space before it or
    without one; a tokenizer that never joins a space to a word is not charged for it.
    """
    coded = tokenizer.encode_batch(texts)
    ids = np.concatenate(coded) if coded else np.zeros(0, dtype=np.int32)
    words = words_in(texts)
    used = np.bincount(ids, minlength=tokenizer.vocab_size)
    unknown = tokenizer.token_id(tokenizer.unk_token)
    chars, size = sum(map(len, texts)), sum(len(text.encode("utf-8", "replace")) for text in texts)
    cut, whole = _cuts(tokenizer, Counter(word for text in texts for word in _STANDING.findall(text)))
    num_words = max(1, words.total())
    return {
        "vocab_size": tokenizer.vocab_size,
        "texts": len(texts),
        "characters": chars,
        "bytes": size,
        "words": words.total(),
        "tokens": len(ids),
        "tokens_per_word": round(len(ids) / num_words, 4),
        "characters_per_token": round(chars / max(1, len(ids)), 4),
        "bytes_per_token": round(size / max(1, len(ids)), 4),
        "unknown_rate": float(used[unknown] / max(1, len(ids))) if unknown is not None else 0.0,
        "vocabulary_used": int((used > 0).sum()),
        "whole_words": round(whole, 4),
        "cut_most": cut,
    }


def _cuts(tokenizer: Tokenizer, standing: Counter[str]) -> tuple[list[dict[str, Any]], float]:
    """The words that cost the most tokens beyond one each, and the share of running words that cost one."""
    common = standing.most_common(_MOST_WORDS)
    coded = tokenizer.encode_batch([word for word, _ in common])
    apart = _is_apart(tokenizer, [ids for (word, _), ids in zip(common, coded, strict=True) if word[0] == " "])
    found: dict[str, dict[str, Any]] = {}
    whole = 0
    for (word, count), ids in zip(common, coded, strict=True):
        tokens = len(ids) - (apart and word[0] == " ")
        if tokens < 2:
            whole += count
            continue
        name = word.strip()
        entry = found.setdefault(name, {"word": name, "count": 0, "tokens": tokens, "standing": word, "cost": 0})
        entry["count"] += count
        entry["cost"] += (tokens - 1) * count
    costly = sorted(found.values(), key=lambda each: -each["cost"])[:_SHOWN]
    rows = [
        {name: each[name] for name in ("word", "count", "tokens")}
        | {"pieces": [view.text for view in tokenizer.preview(each["standing"])]}
        for each in costly
    ]
    return rows, whole / max(1, sum(count for _, count in common))


def _is_apart(tokenizer: Tokenizer, spaced: Sequence[Ids]) -> bool:
    """Whether the space before a word is a token of its own before every word."""
    space = tokenizer.encode(" ")
    return len(space) == 1 and all(len(ids) > 1 and ids[0] == space[0] for ids in spaced)
