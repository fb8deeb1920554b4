"""How well a tokenizer fits, which words it lacks, and that growing changes nothing that is there."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tokenloom.data.tokenizer import Tokenizer, train_tokenizer
from tokenloom.data.tokenizer.lab import compare, find_candidates, grow, measure
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.tokenizer import BpeTokenizer, ByteTokenizer, UnigramTokenizer, WordPieceTokenizer

COMMON = [f"the quick brown fox jumps over the lazy dog and runs home {n}" for n in range(80)]
DOMAIN = ["the electrocardiogram shows tachycardia and is normal"] * 30
GROWING = [BpeTokenizer(vocab_size=400), UnigramTokenizer(vocab_size=400), WordPieceTokenizer(vocab_size=200)]


def made(workspace: Workspace, spec: Spec) -> Tokenizer:
    texts = [*COMMON, "abcdefghijklmnopqrstuvwxyz"]
    return train_tokenizer(workspace, name=spec.kind, spec=spec, texts=texts).load()  # type: ignore[attr-defined]


def test_numbers_of_a_fit_are_those_of_the_ids(workspace: Workspace) -> None:
    tokenizer = made(workspace, GROWING[0])
    told = measure(tokenizer, DOMAIN)
    assert told["tokens"] == sum(map(len, tokenizer.encode_batch(DOMAIN)))
    assert told["words"] == 7 * 30 and told["tokens_per_word"] == round(told["tokens"] / 210, 4)
    assert (
        told["characters_per_token"] == round(sum(map(len, DOMAIN)) / told["tokens"], 4) and told["unknown_rate"] == 0
    )
    worst = told["cut_most"][0]
    assert worst["word"] == "electrocardiogram" and worst["count"] == 30 and len(worst["pieces"]) == worst["tokens"]
    assert "".join(worst["pieces"]) == " electrocardiogram"
    words = Counter(re.findall(r" ?\w+", "\n".join(DOMAIN)))
    whole = sum(count for word, count in words.items() if len(tokenizer.encode(word)) == 1)
    assert told["whole_words"] == round(whole / 210, 4)


def test_a_word_is_tried_as_it_stands(workspace: Workspace) -> None:
    """One that only begins texts has no space before it; one whose space is never joined to it does not pay for it."""
    texts = ["Hello the fox"] * 50
    joined = train_tokenizer(workspace, name="joined", spec=BpeTokenizer(vocab_size=400), texts=texts).load()
    assert len(joined.encode("Hello")) == 1 < len(joined.encode(" Hello"))
    told = measure(joined, texts)
    assert told["whole_words"] == 1 and told["cut_most"] == []
    assert [each["word"] for each in measure(joined, [*texts, "x Hello"])["cut_most"]] == ["Hello"]
    apart = BpeTokenizer(vocab_size=400, space_prefix=False)
    told = measure(train_tokenizer(workspace, name="apart", spec=apart, texts=texts).load(), texts)
    assert told["whole_words"] == 1 and told["cut_most"] == [] and told["tokens"] == 5 * 50


def test_unknown_tokens_are_counted(workspace: Workspace) -> None:
    told = measure(made(workspace, GROWING[2]), ["the fox 日", "the fox"])
    assert told["unknown_rate"] == pytest.approx(1 / told["tokens"])


@pytest.mark.parametrize("spec", GROWING, ids=lambda spec: spec.kind)
def test_growing_shortens_the_domain_and_changes_no_other_text(workspace: Workspace, spec: Spec) -> None:
    tokenizer = made(workspace, spec)
    found = find_candidates(tokenizer, DOMAIN, count=2)
    assert [each["text"] for each in found["candidates"]] == [" electrocardiogram", " tachycardia"]
    assert found["tokens_before"] - found["tokens_after"] == sum(each["saved"] for each in found["candidates"])
    grown = grow(tokenizer, [each["text"] for each in found["candidates"]])
    for text in COMMON:
        assert grown.tokenizer.encode(text).tolist() == tokenizer.encode(text).tolist()
    assert len(grown.tokenizer.encode(" tachycardia")) == 1 and grown.refused == []
    assert grown.tokenizer.vocab_size == tokenizer.vocab_size + len(grown.pieces)
    assert all(max(pieces) < tokenizer.vocab_size for pieces in grown.pieces)
    number = int(grown.tokenizer.encode(" tachycardia")[0]) - tokenizer.vocab_size
    assert grown.pieces[number] == tokenizer.encode(" tachycardia").tolist()
    assert grown.tokenizer.is_fast == tokenizer.is_fast


def test_two_tokenizers_beside_each_other(workspace: Workspace) -> None:
    first = made(workspace, GROWING[0])
    second = train_tokenizer(workspace, name="domain", spec=BpeTokenizer(vocab_size=400), texts=DOMAIN).load()
    told = compare(first, second, DOMAIN, hidden_size=64)
    assert told["length"] == round(told["second"]["tokens"] / told["first"]["tokens"], 4) < 1
    assert told["first"]["embedding_parameters"] == 64 * first.vocab_size
    shown = told["differences"][0]
    assert "".join(shown["first"]) == "".join(shown["second"]) == shown["text"]


def test_letters_cannot_grow_and_a_fitting_tokenizer_need_not(workspace: Workspace) -> None:
    with pytest.raises(SpecError, match="letter by letter"):
        find_candidates(made(workspace, ByteTokenizer()), DOMAIN)
    tokenizer = made(workspace, GROWING[0])
    assert find_candidates(tokenizer, COMMON, min_frequency=10_000)["candidates"] == []
    with pytest.raises(DataError, match="None of the words"):
        grow(tokenizer, [" the"])
    refused = grow(tokenizer, [" tachycardia", "two words"])
    assert refused.words == [" tachycardia"] and refused.refused == ["two words"]
