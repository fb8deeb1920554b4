"""Giving a tokenizer new tokens without changing any id that it has.

Each new token remembers the old pieces it stands for: a model begins it as their mean, which says about what they said together.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.kit.errors import DataError, SpecError

_GROWING = ("BPE", "Unigram", "WordPiece")


@dataclass(frozen=True)
class Grown:
    """``pieces``: for each new id, in order from the old ``vocab_size``, the old ids of its text. ``refused``: words that stay cut."""

    tokenizer: Tokenizer
    layout: str
    pieces: list[list[int]]
    words: list[str]
    refused: list[str]


def can_grow(tokenizer: Tokenizer) -> str:
    """The type of the tokenizer's model; :class:`SpecError` where words cannot become tokens of it."""
    kind = str((tokenizer.layout.get("model") or {}).get("type"))
    if kind not in _GROWING or tokenizer.layout.get("pre_tokenizer") is None or not _has_merges(tokenizer, kind):
        raise SpecError(
            f"The tokenizer {tokenizer.name} reads letter by letter and cannot take words in.",
            hint="Words can be added to BPE, Unigram and WordPiece tokenizers.",
        )
    return kind


def grow(tokenizer: Tokenizer, words: Sequence[str]) -> Grown:
    """``tokenizer`` with a token for each of ``words`` (with the space before it, where it is meant so).

    Every text that holds none of them keeps its ids. A word that another rule of the tokenizer still cuts is refused and named.
    Raises :class:`SpecError` for a kind that cannot grow and :class:`DataError` where no word can be taken in.
    """
    kind = can_grow(tokenizer)
    layout = copy.deepcopy(tokenizer.layout)
    pieces: list[list[int]] = []
    add = {"BPE": _add_merges, "Unigram": _add_piece, "WordPiece": _add_word}[kind]
    for word in dict.fromkeys(words):
        coded = tokenizer.backend.encode(word, add_special_tokens=False)
        if len(coded.ids) > 1:
            add(layout["model"], coded.tokens, list(coded.ids), tokenizer.vocab_size, pieces)
    text = json.dumps(layout, ensure_ascii=False)
    grown = Tokenizer(text.encode(), tokenizer.config, name=tokenizer.name)
    taken = [word for word in dict.fromkeys(words) if len(grown.encode(word)) == 1 < len(tokenizer.encode(word))]
    refused = [word for word in dict.fromkeys(words) if len(grown.encode(word)) > 1]
    if not taken:
        raise DataError(
            "None of the words can become a token.", hint="Words need letters only, and to be cut into pieces now."
        )
    return Grown(grown, text, pieces, taken, refused)


def _has_merges(tokenizer: Tokenizer, kind: str) -> bool:
    return kind != "BPE" or bool(tokenizer.layout["model"].get("merges"))


def _add_merges(model: dict[str, Any], tokens: list[str], ids: list[int], first: int, pieces: list[list[int]]) -> None:
    """Merge from the left, below all merges that are there: nothing that they decide changes."""
    vocab, as_pairs = model["vocab"], not isinstance(model["merges"][0], str)
    left = tokens[0]
    for place, right in enumerate(tokens[1:], start=2):
        whole = left + right
        if whole not in vocab:
            vocab[whole] = first + len(pieces)
            pieces.append(ids[:place])
            model["merges"].append([left, right] if as_pairs else f"{left} {right}")
        left = whole


def _add_piece(model: dict[str, Any], tokens: list[str], ids: list[int], first: int, pieces: list[list[int]]) -> None:
    """A hair more probable than the pieces together, so that it is taken where they were, and nowhere else."""
    vocab = model["vocab"]
    score = sum(vocab[number][1] for number in ids)
    if len(vocab) != first + len(pieces):
        raise SpecError(
            "This Unigram tokenizer has added tokens behind its pieces; new pieces would move them.",
            hint="Use a tokenizer that was trained here.",
        )
    vocab.append(["".join(tokens), score + 1e-4])
    pieces.append(ids)


def _add_word(model: dict[str, Any], tokens: list[str], ids: list[int], first: int, pieces: list[list[int]]) -> None:
    prefix = model["continuing_subword_prefix"]
    whole = tokens[0] + "".join(token.removeprefix(prefix) for token in tokens[1:])
    if whole not in model["vocab"]:
        model["vocab"][whole] = first + len(pieces)
        pieces.append(ids)
