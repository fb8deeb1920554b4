"""Tokenizers made here."""

from __future__ import annotations

from typing import Any

import pytest

from tokenloom.data.tokenizer import TokenizerStore, train_tokenizer
from tokenloom.data.tokenizer.learning import split_pattern
from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import DataError, Interrupted, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.tokenizer import BpeTokenizer

TEXTS = ["add 7 to 12 and 345", "the roll is 3 1 4 then rev", "reverse the order of the roll"] * 20


def test_each_digit_is_one_token_together_with_its_space(workspace: Workspace) -> None:
    tokenizer = train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=400), texts=TEXTS).load()
    shown = [tokenizer.token_strings[number] for number in tokenizer.encode("add 7 to 345, 12")]
    assert [token for token in shown if any(letter.isdigit() for letter in token)] == [" 7", " 3", "4", "5", " 1", "2"]
    assert tokenizer.encode("x 7")[-1] == tokenizer.encode("add 7")[-1]


def test_grouped_digits_and_spaces_on_their_own(workspace: Workspace) -> None:
    spec = BpeTokenizer(vocab_size=400, digits="grouped", space_prefix=False, min_frequency=1)
    tokenizer = train_tokenizer(workspace, name="t", spec=spec, texts=TEXTS).load()
    shown = [tokenizer.token_strings[number] for number in tokenizer.encode("and 345")]
    assert shown == ["and", " ", "345"]


def test_reserved_tokens_are_apart_and_padding_is_not_the_end(workspace: Workspace) -> None:
    spec = BpeTokenizer(vocab_size=400, template="marks", special_tokens=("<|x|>",))
    tokenizer = train_tokenizer(workspace, name="t", spec=spec, texts=TEXTS).load()
    ids = [tokenizer.pad_id, tokenizer.token_id(tokenizer.unk_token), tokenizer.bos_id, tokenizer.eos_id]
    assert ids == [0, 1, 2, 3]
    assert list(tokenizer.special_tokens) == [
        "<|pad|>",
        "<|unk|>",
        "<|bos|>",
        "<|end|>",
        "<|task|>",
        "<|flow|>",
        "<|x|>",
    ]
    assert tokenizer.pad_token == "<|pad|>" != tokenizer.eos_token


def test_versions_ids_and_the_store(workspace: Workspace) -> None:
    first = train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=400), texts=TEXTS)
    again = train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=400), texts=TEXTS)
    other = train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=380), texts=TEXTS)
    assert (first.id, first.version, again.id, other.version) == (again.id, 1, first.id, 2)
    assert verify_dir(other.path) == [] and other.meta["vocab_size"] == other.load().vocab_size <= 380
    store = TokenizerStore(workspace)
    assert [(ref.name, ref.version) for ref in store.list()] == [("t", 2), ("t", 1)]
    assert store.get("t").id == other.id and store.get("t@1").id == first.id
    with pytest.raises(NotFound, match="There is no tokenizer"):
        store.get("tokens")


def test_texts_of_a_dataset_are_learned_without_marks(workspace: Workspace, do_import: Any) -> None:
    dataset = do_import([{"prompt": f"reverse roll {n}", "completion": f"emit x {n}"} for n in range(60)])
    ref = train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=400), datasets=["data"])
    assert ref.meta["trained_on"]["datasets"] == [dataset.id]
    assert ref.meta["trained_on"]["texts"] == 2 * dataset.count("train")
    assert len(ref.load().encode("reverse")) == 1


def test_no_text_a_tiny_vocabulary_and_a_wrong_template_are_refused(workspace: Workspace) -> None:
    with pytest.raises(DataError, match="no text"):
        train_tokenizer(workspace, name="t", texts=[])
    many = tuple(f"<|{number}|>" for number in range(100))
    with pytest.raises(SpecError, match="no room"):
        train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=300, special_tokens=many), texts=TEXTS)
    with pytest.raises(NotFound, match="chatlm") as caught:
        train_tokenizer(workspace, name="t", spec=BpeTokenizer(template="chatlm"), texts=TEXTS)
    assert "chatml" in caught.value.hint
    with pytest.raises(DataError, match="not valid Jinja"):
        train_tokenizer(workspace, name="t", spec=BpeTokenizer(template="{% for x %}"), texts=TEXTS)
    assert [path for path in workspace.tokenizers.iterdir() if path.name != ".lock"] == []


def test_cancelling_stops_it(workspace: Workspace) -> None:
    with pytest.raises(Interrupted):
        train_tokenizer(workspace, name="t", texts=TEXTS, cancelled=lambda: True)
    assert list(workspace.tokenizers.glob("[!.]*")) == []


def test_the_split_needs_no_look_ahead() -> None:
    for digits in ("individual", "grouped"):
        assert "(?" not in split_pattern(BpeTokenizer(digits=digits))


def test_progress_is_told_in_rows_of_a_known_number(workspace: Workspace, do_import: Any) -> None:
    dataset = do_import([{"text": text} for text in TEXTS])
    told: list[tuple[int, int | None, str]] = []
    train_tokenizer(workspace, name="t", datasets=[dataset], progress=lambda *each: told.append(each))
    assert told[0][1:] == told[-1][1:] == (dataset.count("train"), "rows") and told[-1][0] == dataset.count("train")
    told.clear()
    train_tokenizer(workspace, name="t", texts=TEXTS, progress=lambda *each: told.append(each))
    assert told[-1] == (sum(map(len, TEXTS)), None, "characters")
