"""Bulk encoding through tiktoken with the merges of a Hugging Face byte-level BPE: the same ids, about three times as fast.

For a tokenizer whose merges came out of training, both take the same merges in the same order (a token can only ever be made
by the one pair that made it in training). Strangers' files promise nothing, so :meth:`FastEncoder.agrees` compares ids on real text
before the fast path is used, and text that the two regular-expression engines may read differently never takes it. Much text at once goes through
:mod:`.pretokens` where the expression allows it, another three times as fast.
"""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
import tiktoken

from tokenloom.data.tokenizer.bytelevel import token_bytes
from tokenloom.data.tokenizer.pretokens import Ids as Ids
from tokenloom.data.tokenizer.pretokens import PreTokenEncoder

_GPT2_SPLIT = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_LONG_SPACE = re.compile(r"\s{500}")  # a look-ahead after `\s+` overflows the stack of tiktoken's engine
_MUCH = 200_000  # characters
_UNSEEN, _KNOWN, _NEW = 0, 1, 2
_CHARACTERS = np.zeros(0x110000, dtype=np.uint8)  # which of these each code point is; filled as they are met
_SHARE = 2_000_000  # characters; a smaller share has more of its words for itself, a larger one more memory


class FastEncoder:
    """Encodes ordinary text; ``ids_of_ranks`` maps tiktoken's merge ranks to the tokenizer's own ids."""

    def __init__(self, pattern: str, ranks: dict[bytes, int], ids_of_ranks: Ids) -> None:
        self._encoding = tiktoken.Encoding("fast", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        self._ids_of_ranks = ids_of_ranks
        self._has_look_ahead = "(?" in pattern.replace("(?:", "").replace("(?i:", "")
        self._pattern = pattern
        self._proofs: list[tuple[list[str], list[Ids]]] = []  # texts and their true ids, for the way of much text

    def takes(self, text: str) -> bool:
        """Whether both engines are sure to read this text in the same way."""
        if self._has_look_ahead and _LONG_SPACE.search(text):
            return False
        return text.isascii() or not _holds_new_characters(text)

    def encode(self, text: str) -> Ids:
        ranks = self._encoding._core_bpe.encode_to_tiktoken_buffer(text, set())
        return self._ids_of_ranks[np.frombuffer(ranks, dtype=np.uint32)]

    def encode_batch(self, texts: list[str], threads: int) -> list[Ids]:
        """Ids of each text; long work is shared among ``threads``, outside the interpreter lock."""
        size = sum(map(len, texts))
        if size < _MUCH:
            return [self.encode(text) for text in texts]
        shares = _shares(texts, max(threads, -(-size // _SHARE)))
        encode = self._encode_alone if self._pre_tokens is None else self._pre_tokens.encode
        if threads < 2:
            return [ids for share in shares for ids in encode(share)]
        with ThreadPoolExecutor(threads) as pool:
            return [ids for part in pool.map(encode, shares) for ids in part]

    def agrees(self, texts: list[str], true: list[Ids]) -> bool:
        """Whether both ways, a text by itself and much at once, give the ``true`` ids of each text.

        The second way is tried when it is first taken: few runs take it, and what it needs takes a second to load. Where it fails, the first is left.
        """
        if texts and "_pre_tokens" not in self.__dict__:
            self._proofs.append((texts, true))
        elif texts and self._pre_tokens is not None and not _equal(self._pre_tokens.encode(texts), true):
            return False
        return _equal(self._encode_alone(texts), true)

    def _encode_alone(self, texts: list[str]) -> list[Ids]:
        return [self.encode(text) for text in texts]

    @cached_property
    def _pre_tokens(self) -> PreTokenEncoder | None:
        """The way of much text; ``None`` where the pattern or a proof forbids it."""
        if self._has_look_ahead:
            return None
        try:
            whole = PreTokenEncoder(self._pattern, self._encoding._core_bpe.encode_single_piece, self._ids_of_ranks)
        except ValueError:
            return None
        return whole if all(_equal(whole.encode(texts), true) for texts, true in self._proofs) else None


def _equal(ids: list[Ids], others: list[Ids]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(ids, others, strict=True))


def _shares(texts: list[str], count: int) -> list[list[str]]:
    """``texts`` in about ``count`` runs of about the same number of characters."""
    target = sum(map(len, texts)) // count
    shares: list[list[str]] = [[]]
    size = 0
    for text in texts:
        if size > target:
            shares.append([])
            size = 0
        shares[-1].append(text)
        size += len(text)
    return shares


def fast_encoder(layout: dict[str, Any]) -> FastEncoder | None:
    """A :class:`FastEncoder` for the content of a ``tokenizer.json``; None where its layout has no equal in tiktoken."""
    model = layout.get("model") or {}
    pattern = _pattern(layout.get("pre_tokenizer") or {})
    plain = model.get("type") == "BPE" and not any(
        model.get(key)
        for key in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "fuse_unk")
    )
    if not plain or pattern is None or layout.get("normalizer") is not None:
        return None
    ordered = _tokens_in_merge_order(model)
    if ordered is None:
        return None
    ranks = {token: rank for rank, (token, _) in enumerate(ordered)}
    try:
        return FastEncoder(pattern, ranks, np.array([number for _, number in ordered], dtype=np.int32))
    except (ValueError, KeyError):
        return None


def _tokens_in_merge_order(model: dict[str, Any]) -> list[tuple[bytes, int]] | None:
    """(bytes, id) of the 256 single bytes and then of each merge; None if a byte is missing or a token is odd."""
    vocab: dict[str, int] = model.get("vocab") or {}
    single = [
        (raw, number) for token, number in vocab.items() if len(token) == 1 and (raw := token_bytes(token)) is not None
    ]
    if len(single) != 256:
        return None
    ordered = sorted(single)
    seen = {raw for raw, _ in ordered}
    for merge in model.get("merges") or []:
        left, right = merge.split(" ", 1) if isinstance(merge, str) else merge
        raw, number = token_bytes(left + right), vocab.get(left + right)
        if raw is None or number is None:
            return None
        if raw not in seen:
            seen.add(raw)
            ordered.append((raw, number))
    return ordered


def _pattern(pre_tokenizer: dict[str, Any]) -> str | None:
    """The regular expression that cuts text into words, where that and byte-level letters are all that happens."""
    if pre_tokenizer.get("type") == "ByteLevel":
        plain = pre_tokenizer.get("use_regex", True) and not pre_tokenizer.get("add_prefix_space", True)
        return _GPT2_SPLIT if plain else None
    parts = pre_tokenizer.get("pretokenizers") or []
    if [part.get("type") for part in parts] != ["Split", "ByteLevel"]:
        return None
    split, letters = parts
    if letters.get("use_regex", True) or letters.get("add_prefix_space", True):
        return None
    pattern = (split.get("pattern") or {}).get("Regex")
    return pattern if split.get("behavior") == "Isolated" and not split.get("invert") else None


def _holds_new_characters(text: str) -> bool:
    """Whether this Python does not know one of them: engines of different age class those differently."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found = _CHARACTERS[codes]
    if not found.all():
        for code in np.unique(codes[found == _UNSEEN]).tolist():
            _CHARACTERS[code] = _NEW if unicodedata.category(chr(code)) in ("Cn", "Cs") else _KNOWN
        found = _CHARACTERS[codes]
    return bool((found == _NEW).any())
