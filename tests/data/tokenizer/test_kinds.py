"""Each kind of tokenizer: what it keeps of a text, and that transformers reads it alike."""

from __future__ import annotations

import pytest
from transformers import PreTrainedTokenizerFast

from tokenloom.data.tokenizer import train_tokenizer
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.tokenizer import (
    BpeTokenizer,
    ByteTokenizer,
    CharacterTokenizer,
    UnigramTokenizer,
    WordPieceTokenizer,
)

TEXTS = [f"The quick brown fox jumps over {n} lazy dogs, naïve café.\n\tif x == 1:" for n in range(60)]
PROBE = "The  quick 🙂 fox\n\n\t日本 jumps <|end|> over 7777 ▁ dogs ## {x} <0x41> \r\n"
LOSSLESS = [
    BpeTokenizer(vocab_size=400),
    UnigramTokenizer(vocab_size=420),
    CharacterTokenizer(vocab_size=400),
    ByteTokenizer(),
]


@pytest.mark.parametrize("spec", LOSSLESS, ids=lambda spec: spec.kind)
def test_any_text_comes_back_to_the_letter_and_nothing_is_unknown(workspace: Workspace, spec: Spec) -> None:
    tokenizer = train_tokenizer(workspace, name="t", spec=spec, texts=TEXTS).load()
    ids = tokenizer.encode(PROBE)
    assert tokenizer.decode(ids) == PROBE
    assert tokenizer.token_id(tokenizer.unk_token) not in ids and tokenizer.eos_id not in ids
    assert "".join(view.text for view in tokenizer.preview("The quick fox")) == "The quick fox"
    assert [tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id] == [0, 2, 3]


@pytest.mark.parametrize("spec", [*LOSSLESS, WordPieceTokenizer(vocab_size=200)], ids=lambda spec: spec.kind)
def test_transformers_reads_the_same_ids(workspace: Workspace, spec: Spec) -> None:
    ref = train_tokenizer(workspace, name="t", spec=spec, texts=TEXTS)
    tokenizer, theirs = ref.load(), PreTrainedTokenizerFast.from_pretrained(ref.path)
    text = "The quick brown 日 fox, 12 dogs"
    assert theirs(text, add_special_tokens=False)["input_ids"] == tokenizer.encode(text).tolist()
    assert theirs.pad_token_id == tokenizer.pad_id and ref.meta["vocab_size"] == tokenizer.vocab_size
    chat = theirs.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
    assert chat == "<|im_start|>user\nhi<|im_end|>\n"


def test_wordpiece_loses_spaces_and_says_what_it_does_not_know(workspace: Workspace) -> None:
    spec = WordPieceTokenizer(vocab_size=200, lowercase=True)
    tokenizer = train_tokenizer(workspace, name="t", spec=spec, texts=TEXTS).load()
    assert tokenizer.decode(tokenizer.encode("The   QUICK\nfox")) == "the quick fox"
    assert tokenizer.token_id("<|unk|>") in tokenizer.encode("fox 日本")


def test_characters_beyond_the_vocabulary_are_bytes(workspace: Workspace) -> None:
    spec = CharacterTokenizer(vocab_size=300)
    tokenizer = train_tokenizer(
        workspace, name="t", spec=spec, texts=["abc" * 100 + "".join(map(chr, range(1000, 1100)))]
    ).load()
    assert tokenizer.vocab_size == 300 and len(tokenizer.encode("abc")) == 3
    assert tokenizer.decode(tokenizer.encode(chr(1099))) == chr(1099)


def test_a_vocabulary_without_room_is_refused(workspace: Workspace) -> None:
    many = tuple(f"<|{number}|>" for number in range(120))
    for spec in (
        UnigramTokenizer(vocab_size=300, special_tokens=many),
        WordPieceTokenizer(vocab_size=100, special_tokens=many),
    ):
        with pytest.raises(SpecError, match="no room"):
            train_tokenizer(workspace, name="t", spec=spec, texts=TEXTS)
