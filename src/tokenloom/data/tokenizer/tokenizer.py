"""A tokenizer as the rest of the house sees it: text in, ids out, and marks never read out of a user's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from tokenizers import Tokenizer as Backend

from tokenloom.data.tokenizer.fast import Ids, fast_encoder
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id

_SAMPLE_TEXTS = 256
_SAMPLE_TOKENS = 4_000
_SAMPLE_CHARS = 2_000  # of each text
_THREADS = 2


@dataclass(frozen=True)
class TokenView:
    """One token of a preview: ``start`` and ``end`` are character offsets into the text."""

    id: int
    text: str
    start: int
    end: int
    special: bool


@dataclass(frozen=True)
class Mark:
    """A special token; ``strips_left``/``strips_right``: it swallows the spaces beside it, as some published ones do."""

    text: str
    id: int
    strips_left: bool = False
    strips_right: bool = False


class Tokenizer:
    """Wraps one ``tokenizer.json``. Two threads may use it at once.

    ``vocab_size`` is one more than the highest id: the least size of an embedding. ``pad_id`` is None where the
    tokenizer has no padding token of its own; the end token never stands in for it. ``layout`` is the content of ``tokenizer.json`` and
    ``backend`` the library's object for it: read them, never change them.
    """

    def __init__(self, layout: bytes, config: dict[str, Any], *, name: str = "tokenizer", id: str = "") -> None:
        self.layout: dict[str, Any] = orjson.loads(layout)
        self.backend = Backend.from_str(layout.decode())
        self.backend.no_truncation()
        self.backend.no_padding()
        self.backend.encode_special_tokens = True
        self.name = name
        self.id = id
        self.config = config
        self.chat_template: str | None = config.get("chat_template") or None
        self.marks = self._read_marks()
        self.eos_token, self.bos_token = _token_text(config, "eos_token"), _token_text(config, "bos_token")
        self.pad_token, self.unk_token = _token_text(config, "pad_token"), _token_text(config, "unk_token")
        self.vocab_size = max(self.backend.get_vocab(with_added_tokens=True).values(), default=-1) + 1
        self.fingerprint = content_id(self.layout, self.eos_token, self.bos_token, self.pad_token)
        self._fast = fast_encoder(self.layout)
        self._fast_is_proved = False

    @property
    def eos_id(self) -> int | None:
        return self.token_id(self.eos_token)

    @property
    def bos_id(self) -> int | None:
        return self.token_id(self.bos_token)

    @property
    def pad_id(self) -> int | None:
        return self.token_id(self.pad_token)

    @property
    def is_fast(self) -> bool:
        """Whether bulk text takes the fast path, as far as was tried."""
        return self._fast is not None

    @cached_property
    def special_tokens(self) -> dict[str, int]:
        """Texts and ids of the special tokens."""
        return {mark.text: mark.id for mark in self.marks.values()}

    @cached_property
    def template_context(self) -> dict[str, str]:
        """What a chat template may name besides the messages, as ``apply_chat_template`` offers it."""
        named = {
            "bos_token": self.bos_token,
            "eos_token": self.eos_token,
            "pad_token": self.pad_token,
            "unk_token": self.unk_token,
        }
        return {key: text for key, text in named.items() if text is not None}

    def token_id(self, token: str | None) -> int | None:
        """Id of a token by its exact text; None where there is none."""
        return None if token is None else self.backend.token_to_id(token)

    def encode(self, text: str) -> Ids:
        """Ids of ordinary text: a special token's name in it is text like any other. Nothing is added."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[Ids]:
        """Ids of each text as int32 arrays; see :meth:`encode`."""
        if self._fast is not None and not self._fast_is_proved:
            self.prove_fast(texts)
        fast = self._fast
        if fast is None:
            return self._encode_slowly(texts)
        usual = [fast.takes(text) and not self._has_plain_added(text) for text in texts]
        quick = iter(
            fast.encode_batch([text for text, is_usual in zip(texts, usual, strict=True) if is_usual], _THREADS)
        )
        slow = iter(self._encode_slowly([text for text, is_usual in zip(texts, usual, strict=True) if not is_usual]))
        return [next(quick) if is_usual else next(slow) for is_usual in usual]

    def prove_fast(self, texts: Iterable[str]) -> bool:
        """Compare fast and true ids on a sample of ``texts`` and on words of the vocabulary; on any difference the fast path is given
        up for good."""
        if self._fast is None:
            return False
        every = list(texts)
        sample = [text[:_SAMPLE_CHARS] for text in every[:: max(1, len(every) // _SAMPLE_TEXTS)]]
        sample += [] if self._fast_is_proved else self._vocabulary_texts()
        sample = [text for text in sample if self._fast.takes(text) and not self._has_plain_added(text)]
        true = self._encode_slowly(sample)
        if self._fast.agrees(sample, true):
            self._fast_is_proved = True
            return True
        self._fast = None
        return False

    def split_marks(self, text: str) -> list[str | Mark]:
        """``text`` cut at the special tokens in it: ordinary text and :class:`Mark` in turn, nothing empty."""
        parts: list[str | Mark] = []
        strip_next = False
        for part in self._mark_pattern.split(text) if self.marks else [text]:
            mark = self.marks.get(part)
            if mark is not None and mark.strips_left and parts and isinstance(parts[-1], str):
                parts[-1] = parts[-1].rstrip()
            parts.append(mark if mark is not None else part.lstrip() if strip_next else part)
            strip_next = mark is not None and mark.strips_right
        return [part for part in parts if part]

    def holds_mark(self, text: str) -> bool:
        """Whether a special token's name stands in ``text``."""
        return bool(self.marks) and self._mark_pattern.search(text) is not None

    def decode(self, ids: Sequence[int] | Ids, *, skip_special: bool = True) -> str:
        """Text of ``ids``; bytes that are no whole character become U+FFFD."""
        return str(self.backend.decode([int(number) for number in ids], skip_special_tokens=skip_special))

    @cached_property
    def token_strings(self) -> list[str]:
        """Readable text of every id, for tables; ids without a token are empty."""
        names: list[str] = [""] * self.vocab_size
        for token, number in self.backend.get_vocab(with_added_tokens=True).items():
            names[number] = (
                token if number in self._special_ids else self.backend.decode([number], skip_special_tokens=False)
            )
        return names

    def preview(self, text: str, *, marks: bool = False) -> list[TokenView]:
        """Tokens of ``text`` with ids and character offsets; ``marks``: special tokens in it are read as such."""
        views: list[TokenView] = []
        start = 0
        for part in self._parts_with_offsets(text) if marks else [text]:
            if isinstance(part, Mark):
                views.append(TokenView(part.id, part.text, start, start + len(part.text), True))
                start += len(part.text)
                continue
            coded = self.backend.encode(part, add_special_tokens=False)
            for number, (left, right) in zip(coded.ids, coded.offsets, strict=True):
                views.append(
                    TokenView(number, part[left:right], start + left, start + right, number in self._special_ids)
                )
            start += len(part)
        return views

    @cached_property
    def prefix_ids(self) -> list[int]:
        """Ids that this tokenizer puts before every text (often the begin token); usually empty."""
        bare, full = (self.backend.encode("a", add_special_tokens=added).ids for added in (False, True))
        return next((list(full[:cut]) for cut in range(len(full)) if full[cut : cut + len(bare)] == bare), [])

    @cached_property
    def suffix_ids(self) -> list[int]:
        """Ids that this tokenizer puts behind every text, such as BERT's separator; usually empty."""
        bare, full = (self.backend.encode("a", add_special_tokens=added).ids for added in (False, True))
        return list(full[len(self.prefix_ids) + len(bare) :])

    def require_eos(self) -> int:
        """The id of the end token; :class:`DataError` where there is none."""
        if self.eos_id is None:
            raise DataError(
                f"The tokenizer {self.name} has no end-of-sequence token, so a model could not learn to stop.",
                hint="Name one as eos_token in its tokenizer_config.json, or train a tokenizer here.",
            )
        return self.eos_id

    @cached_property
    def _mark_pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.marks, key=len, reverse=True)
        return re.compile(f"({'|'.join(map(re.escape, longest_first))})")

    @cached_property
    def _plain_added_pattern(self) -> re.Pattern[str] | None:
        plain = [
            re.escape(entry["content"]) for entry in self.layout.get("added_tokens") or [] if not entry.get("special")
        ]
        return re.compile("|".join(plain)) if plain else None

    @cached_property
    def _special_ids(self) -> set[int]:
        return set(self.special_tokens.values())

    def _has_plain_added(self, text: str) -> bool:
        return self._plain_added_pattern is not None and self._plain_added_pattern.search(text) is not None

    def _vocabulary_texts(self) -> list[str]:
        """Tokens from all over the vocabulary, one after another: they meet in ways that no training text shows."""
        step = max(1, self.vocab_size // _SAMPLE_TOKENS)
        tokens = [self.backend.decode([number]) for number in range(0, self.vocab_size, step)]
        return ["".join(tokens[start : start + 64]).replace("\ufffd", "") for start in range(0, len(tokens), 64)]

    def _parts_with_offsets(self, text: str) -> list[str | Mark]:
        return [self.marks.get(part, part) for part in self._mark_pattern.split(text) if part] if self.marks else [text]

    def _encode_slowly(self, texts: Sequence[str]) -> list[Ids]:
        coded = self.backend.encode_batch_fast(list(texts), add_special_tokens=False)
        return [np.array(each.ids, dtype=np.int32) for each in coded]

    def _read_marks(self) -> dict[str, Mark]:
        return {
            entry["content"]: Mark(
                entry["content"], entry["id"], entry.get("lstrip", False), entry.get("rstrip", False)
            )
            for entry in self.layout.get("added_tokens") or []
            if entry.get("special")
        }


def _token_text(config: dict[str, Any], key: str) -> str | None:
    value = config.get(key)
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) and value else None
