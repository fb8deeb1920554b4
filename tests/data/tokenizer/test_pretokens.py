"""Much text at once gives the ids of each text by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenloom.data.tokenizer import Tokenizer, TokenizerRef
from tokenloom.data.tokenizer.pretokens import PreTokenEncoder

ODD = ["", " ", "\n\n", "naïve 北京 🙂👩‍👩‍👧", "x" * 3000, " " * 3000, "12 345,67", "\u0301é", "\u2028\x85", "a\x00b"]


def _together(tokenizer: Tokenizer) -> PreTokenEncoder:
    assert tokenizer._fast is not None and tokenizer._fast._pre_tokens is not None
    return tokenizer._fast._pre_tokens


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=40)), max_size=12))
def test_any_texts_together_are_what_each_is_alone(tokenizers: dict[str, Tokenizer], texts: list[str]) -> None:
    tokenizer = tokenizers["plain"]
    found = _together(tokenizer).encode(texts)
    assert [ids.tolist() for ids in found] == [ids.tolist() for ids in tokenizer._encode_slowly(texts)]
    assert all(ids.dtype == np.int32 for ids in found)


def test_a_long_batch_is_shared_among_threads_and_stays_in_order(tokenizer_refs: dict[str, TokenizerRef]) -> None:
    tokenizer = tokenizer_refs["chatml"].load()
    texts = [f"row {number} says: {'fox ' * (number % 50)}{ODD[number % len(ODD)]}" for number in range(4000)]
    assert sum(map(len, texts)) > 200_000
    found = tokenizer.encode_batch(texts)
    assert tokenizer.is_fast
    assert [ids.tolist() for ids in found] == [ids.tolist() for ids in tokenizer._encode_slowly(texts)]


@pytest.mark.parametrize("pattern", [r"\s+(?!\S)|\s+", r"\w++", r"(a)\1", "("])
def test_an_expression_that_looks_ahead_or_back_is_not_taken(pattern: str) -> None:
    def merge(word: bytes) -> list[int]:
        return [0] * len(word)

    with pytest.raises(ValueError):
        PreTokenEncoder(pattern, merge, np.zeros(1, np.int32))


def test_text_that_the_expression_does_not_match_is_left_out() -> None:
    def merge(word: bytes) -> list[int]:
        return list(word)

    encoder = PreTokenEncoder("[a-z]+", merge, np.arange(256, dtype=np.int32))
    found: list[Any] = [bytes(ids.tolist()) for ids in encoder.encode(["ab 12 cd", "12", "", "ef"])]
    assert found == [b"abcd", b"", b"", b"ef"]


def test_a_wrong_way_of_encoding_much_is_given_up(tokenizer_refs: dict[str, TokenizerRef]) -> None:
    tokenizer = tokenizer_refs["plain"].load()
    encoder = _together(tokenizer)
    encoder._pattern = "[a-z]+"  # spaces would be lost
    texts = ["the quick brown fox"] * 3
    assert [ids.tolist() for ids in tokenizer.encode_batch(texts)] == [
        ids.tolist() for ids in tokenizer._encode_slowly(texts)
    ]
    assert not tokenizer.is_fast


def test_a_wrong_way_of_encoding_much_is_found_when_it_is_first_taken(
    tokenizer_refs: dict[str, TokenizerRef], monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = tokenizer_refs["plain"].load()
    monkeypatch.setattr(PreTokenEncoder, "encode", lambda _, texts: [np.zeros(1, np.int32) for _ in texts])
    texts = [f"the quick brown fox {number}" for number in range(10_000)]
    assert sum(map(len, texts)) > 200_000
    assert [ids.tolist() for ids in tokenizer.encode_batch(texts)] == [
        ids.tolist() for ids in tokenizer._encode_slowly(texts)
    ]
    assert tokenizer.is_fast  # a text by itself is right
    assert tokenizer._fast is not None and tokenizer._fast._pre_tokens is None
