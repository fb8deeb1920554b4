"""How a tokenizer is trained: its algorithm, size, handling of digits and spaces, and its chat template."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from tokenloom.spec.base import Spec, choice, setting

RESERVED_TOKENS = ("<|pad|>", "<|unk|>", "<|bos|>", "<|end|>")
"""Padding, unknown, beginning and end of a sequence, in the order of their ids 0 to 3."""


class _Tokenizer(Spec):
    template: str = setting("chatml", simple=True)
    """Chat template that is stored with the tokenizer: a name from `tokenloom presets --templates`, or a Jinja text over `messages`."""
    special_tokens: tuple[str, ...] = ()
    """Further tokens that are never split and never read out of ordinary text, besides padding, unknown, begin, end and the marks of the template."""

    @field_validator("special_tokens")
    @classmethod
    def _are_usable(cls, tokens: tuple[str, ...]) -> tuple[str, ...]:
        for token in tokens:
            if not token.strip() or len(token) > 64:
                raise ValueError(f"the special token {token!r} must have 1 to 64 characters that are not all spaces")
        if len(set(tokens)) < len(tokens):
            raise ValueError("a special token is listed twice; list each once")
        return tokens


class _Words(_Tokenizer):
    digits: Literal["individual", "grouped"] = "individual"
    """`individual` makes each digit a token of its own, which helps with arithmetic; `grouped` lets up to three digits become one token."""
    space_prefix: bool = True
    """Whether the space before a word or digit belongs to its token, so that ` 7` is one token."""


class BpeTokenizer(_Words):
    """Byte-level byte-pair encoding: any text can be written, nothing is ever unknown."""

    kind: Literal["bpe"] = "bpe"
    vocab_size: int = setting(8192, ge=300, le=1_000_000, scale="log", unit="tokens", simple=True)
    """Number of tokens, with the 256 bytes and the special tokens included. More tokens give shorter sequences and a larger embedding."""
    min_frequency: int = setting(2, ge=1)
    """A pair of tokens must occur this often in the training text before it becomes a token of its own."""


class UnigramTokenizer(_Words):
    """Unigram, as SentencePiece has it: the most probable cut of each word. Rare characters are written as bytes, so nothing is unknown."""

    kind: Literal["unigram"] = "unigram"
    vocab_size: int = setting(8192, ge=300, le=1_000_000, scale="log", unit="tokens", simple=True)
    """Number of tokens, with the 256 bytes and the special tokens included. More tokens give shorter sequences and a larger embedding."""


class WordPieceTokenizer(_Tokenizer):
    """WordPiece, as BERT has it: spaces are lost and rare characters are unknown. For classifiers; not for models that write."""

    kind: Literal["wordpiece"] = "wordpiece"
    vocab_size: int = setting(8192, ge=100, le=1_000_000, scale="log", unit="tokens", simple=True)
    """Number of tokens, with the special tokens included. More tokens give shorter sequences and a larger embedding."""
    min_frequency: int = setting(2, ge=1)
    """A pair of pieces must occur this often in the training text before it becomes a piece of its own."""
    lowercase: bool = False
    """Whether capital letters and accents are removed before the text is cut."""


class CharacterTokenizer(_Tokenizer):
    """One token a character; characters beyond the commonest are written as bytes, so nothing is unknown."""

    kind: Literal["character"] = "character"
    vocab_size: int = setting(1024, ge=300, le=200_000, scale="log", unit="tokens", simple=True)
    """Most tokens, with the 256 bytes and the special tokens included; text with fewer characters gives fewer."""


class ByteTokenizer(_Tokenizer):
    """One token a byte: 256 tokens and the special ones, nothing is learned, any text in any language can be written."""

    kind: Literal["byte"] = "byte"


TokenizerKind = choice(
    "tokenizer", BpeTokenizer, UnigramTokenizer, WordPieceTokenizer, CharacterTokenizer, ByteTokenizer
)
