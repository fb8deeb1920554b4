"""One learner for each kind of tokenizer: text in, the files of a Hugging Face tokenizer folder out."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tokenizers import AddedToken, Regex, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers import Tokenizer as Backend

from tokenloom.data.template.jinja import ChatTemplate
from tokenloom.data.template.presets import template_marks, template_text
from tokenloom.data.tokenizer.load import CONFIG, LAYOUT, TEMPLATE
from tokenloom.kit.errors import SpecError
from tokenloom.spec.base import Spec
from tokenloom.spec.tokenizer import (
    RESERVED_TOKENS,
    BpeTokenizer,
    ByteTokenizer,
    CharacterTokenizer,
    UnigramTokenizer,
    WordPieceTokenizer,
)

_BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
_BYTE_SCORE = -100.0  # below any piece that was learned: bytes are the last resort
_MOST_CHARACTERS = 100_000


@functools.singledispatch
def learn(spec: Spec, texts: Iterable[str]) -> dict[str, str]:
    """Contents of the tokenizer's files by name; plugins register a function for their own spec."""
    raise SpecError(f"There is no trainer for a tokenizer of kind {type(spec).__name__}.", hint="Use kind: bpe.")


@learn.register
def _learn_bpe(spec: BpeTokenizer, texts: Iterable[str]) -> dict[str, str]:
    template, specials = _template(spec)
    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split_pattern(spec)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_room(spec, 256, specials),
        min_frequency=spec.min_frequency,
        special_tokens=_added(specials),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator(iter(texts), trainer)
    return _files(backend, specials, template)


@learn.register
def _learn_bytes(spec: ByteTokenizer, texts: Iterable[str]) -> dict[str, str]:
    template, specials = _template(spec)
    for _ in texts:  # counted and hashed on the way; there is nothing to learn
        pass
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {token: number for number, token in enumerate([*specials, *letters])}
    backend = Backend(models.BPE(vocab=vocab, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(_added(specials))
    return _files(backend, specials, template)


@learn.register
def _learn_characters(spec: CharacterTokenizer, texts: Iterable[str]) -> dict[str, str]:
    template, specials = _template(spec)
    room = _room(spec, 256, specials) - 256 - len(specials)
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
        if len(counts) > _MOST_CHARACTERS:
            counts = Counter(dict(counts.most_common(_MOST_CHARACTERS // 2)))
    common = [letter for letter, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:room]]
    vocab = {token: number for number, token in enumerate([*specials, *_BYTES, *common])}
    backend = Backend(models.BPE(vocab=vocab, merges=[], unk_token=RESERVED_TOKENS[1], byte_fallback=True))
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    backend.add_special_tokens(_added(specials))
    return _files(backend, specials, template)


@learn.register
def _learn_unigram(spec: UnigramTokenizer, texts: Iterable[str]) -> dict[str, str]:
    template, specials = _template(spec)
    backend = Backend(models.Unigram())
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(split_pattern(spec)), "isolated")
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.UnigramTrainer(
        vocab_size=max(_room(spec, 256, specials) - 256, len(specials) + 1),
        special_tokens=_added(specials),
        unk_token=RESERVED_TOKENS[1],
        show_progress=False,
    )
    backend.train_from_iterator(iter(texts), trainer)
    return _files(_with_bytes(backend, len(specials)), specials, template)


@learn.register
def _learn_wordpiece(spec: WordPieceTokenizer, texts: Iterable[str]) -> dict[str, str]:
    template, specials = _template(spec)
    backend = Backend(models.WordPiece(unk_token=RESERVED_TOKENS[1]))
    backend.normalizer = normalizers.BertNormalizer(lowercase=spec.lowercase, strip_accents=spec.lowercase)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=_room(spec, 0, specials),
        min_frequency=spec.min_frequency,
        special_tokens=_added(specials),
        show_progress=False,
    )
    backend.train_from_iterator(iter(texts), trainer)
    return _files(backend, specials, template)


def split_pattern(spec: BpeTokenizer | UnigramTokenizer) -> str:
    """How text is cut into words before merging. Without look-ahead, so that every engine reads it in one pass."""
    space = " ?" if spec.space_prefix else ""
    digits = r"\p{N}" if spec.digits == "individual" else r"\p{N}{1,3}"
    return rf"{space}{digits}|{space}[\p{{L}}\p{{M}}]+|{space}[^\s\p{{L}}\p{{M}}\p{{N}}]+|\s+"


def _with_bytes(backend: Backend, place: int) -> Backend:
    """The same Unigram model with the 256 bytes as pieces behind the special tokens, for characters that it does not know."""
    layout = json.loads(backend.to_str())
    pieces = layout["model"]["vocab"]
    layout["model"]["vocab"] = [*pieces[:place], *([byte, _BYTE_SCORE] for byte in _BYTES), *pieces[place:]]
    layout["model"]["byte_fallback"] = True
    return Backend.from_str(json.dumps(layout))


def _template(spec: Any) -> tuple[str, list[str]]:
    """The Jinja text, checked, and all special tokens in the order of their ids."""
    template = template_text(spec.template)
    ChatTemplate(template, "of the tokenizer")  # a syntax error shows here, not after minutes
    return template, list(dict.fromkeys([*RESERVED_TOKENS, *template_marks(spec.template), *spec.special_tokens]))


def _room(spec: Any, alphabet: int, specials: list[str]) -> int:
    least = alphabet + len(specials)
    if spec.vocab_size < least:
        told = f"{alphabet} bytes and {len(specials)} special tokens" if alphabet else f"{least} special tokens"
        raise SpecError(
            f"A vocabulary of {spec.vocab_size} has no room for {told}.",
            hint=f"Set vocab_size to at least {least}.",
            errors=[{"field": "vocab_size", "message": "too small", "fix": str(least)}],
        )
    return int(spec.vocab_size)


def _added(specials: list[str]) -> list[AddedToken]:
    return [AddedToken(token, special=True, normalized=False) for token in specials]


def _files(backend: Backend, specials: list[str], template: str) -> dict[str, str]:
    config = json.dumps(_config(specials, template), indent=1)
    return {LAYOUT: backend.to_str(), CONFIG: config, TEMPLATE: template}


def _config(specials: list[str], template: str) -> dict[str, Any]:
    pad, unknown, begin, end = RESERVED_TOKENS
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": pad,
        "unk_token": unknown,
        "bos_token": begin,
        "eos_token": end,
        "additional_special_tokens": [token for token in specials if token not in RESERVED_TOKENS],
        "clean_up_tokenization_spaces": False,
        "padding_side": "right",
        "model_max_length": 1_000_000_000,
        "chat_template": template,
    }
