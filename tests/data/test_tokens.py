"""Prepared tokens: exact, traceable, cached by everything that they depend on."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from tokenloom.data.dataset import Dataset
from tokenloom.data.progress import Watch
from tokenloom.data.template.renderer import Renderer
from tokenloom.data.tokenizer import Tokenizer
from tokenloom.data.tokens import TokenStore, prepare_tokens
from tokenloom.data.tokens.layout import JudgedLayout, LabelLayout, PairLayout, PromptLayout
from tokenloom.kit.errors import DataError, Interrupted, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import RatioSplit, RenderSpec

ALL = RatioSplit(train=1, validation=0, test=0)
LONG = 10_000


@pytest.fixture
def chats(do_import: Any) -> Dataset:
    rows = [{"prompt": f"add {n} to 12", "completion": f"the answer is {n + 12}"} for n in range(120)]
    dataset: Dataset = do_import(rows, split=ALL)
    return dataset


@pytest.fixture
def texts(do_import: Any) -> Dataset:
    dataset: Dataset = do_import([{"text": "fox " * (1 + n % 40)} for n in range(100)], split=ALL)
    return dataset


def test_sequences_are_what_the_renderer_says(
    workspace: Workspace, chats: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    store = prepare_tokens(workspace, chats, "train", tokenizers["chatml"], max_sequence_length=LONG)
    renderer = Renderer(tokenizers["chatml"])
    expected = [renderer.encode(example) for example in chats.examples("train")]
    assert len(store) == 120 and store.tokens.dtype == np.uint16 and store.offsets.dtype == np.int64
    for number, (ids, learned) in enumerate(expected):
        found, mask = store.sequence(number)
        assert found.tolist() == ids.tolist() and mask.tolist() == learned.tolist()
    assert store.rows.tolist() == list(range(1, 121))
    assert store.num_tokens == len(store.tokens) == store.offsets[-1]
    assert store.num_learned == int(store.learned.sum())
    assert store.longest == int(np.diff(store.offsets).max())


def test_the_ledger_adds_up_from_the_file_to_the_target(
    workspace: Workspace, do_import: Any, tokenizers: dict[str, Tokenizer]
) -> None:
    lines = [f'{{"prompt": "p {n}", "completion": "c {n}"}}' for n in range(40)]
    dataset = do_import("\n".join([*lines, "oops", '{"prompt": "x", "completion": ""}']), split=RatioSplit())
    store = prepare_tokens(workspace, dataset, "train", tokenizers["marks"], max_sequence_length=LONG)
    ledger = store.ledger
    ledger.check()
    assert [stage.name for stage in ledger.stages] == [
        "raw",
        "read",
        "mapped",
        "split train",
        "rendered",
        "kept",
        "trained",
    ]
    assert ledger["raw"].rows == 42 and ledger["mapped"].rows == 40
    assert ledger["split train"].rows == dataset.count("train") == ledger["trained"].rows
    assert ledger["trained"].tokens == store.num_learned
    assert ledger["trained"].losses["first token of a sequence"].tokens == len(store)
    assert "prompt and marks, not learned" in ledger.table()


@pytest.mark.parametrize("overlong", ["drop", "truncate", "split"])
def test_overlong_rows_under_each_policy(
    overlong: Any, workspace: Workspace, texts: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    tokenizer = tokenizers["plain"]
    lengths = [len(Renderer(tokenizer).encode(example)[0]) for example in texts.examples()]
    store = prepare_tokens(workspace, texts, "train", tokenizer, RenderSpec(overlong=overlong), max_sequence_length=16)
    store.ledger.check()
    kept = store.ledger["kept"]
    assert store.longest == 16 and max(lengths) > 32
    if overlong == "drop":
        assert store.num_tokens == sum(length for length in lengths if length <= 16)
        assert kept.losses["longer than max_sequence_length"].rows == sum(length > 16 for length in lengths)
    elif overlong == "truncate":
        assert store.num_tokens == sum(min(length, 16) for length in lengths)
        assert kept.losses["cut at max_sequence_length"].tokens == sum(max(0, length - 16) for length in lengths)
        assert store.rows.tolist() == list(range(1, 101))
    else:
        lost = sum(1 for length in lengths if length % 16 == 1)  # a single token left over has nothing before it
        assert store.num_tokens == sum(lengths) - lost
        assert store.num_learned == store.num_tokens - len(store)
        assert sorted(set(store.rows.tolist())) == list(range(1, 101)) and len(store) > 100
        assert all(store.learned[start] == 0 for start in store.offsets[:-1])


def test_raise_names_the_row_and_leaves_nothing(
    workspace: Workspace, texts: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    with pytest.raises(DataError, match="Row 6 has 9 tokens; the limit is 8"):
        prepare_tokens(
            workspace, texts, "train", tokenizers["plain"], RenderSpec(overlong="raise"), max_sequence_length=8
        )
    assert list(workspace.tokens.iterdir()) == []


def test_a_prompt_that_fills_the_length_teaches_nothing_and_is_counted(
    workspace: Workspace, do_import: Any, tokenizers: dict[str, Tokenizer]
) -> None:
    rows = [{"prompt": "fox " * 50, "completion": "yes"}, {"prompt": "fox", "completion": "yes"}]
    dataset = do_import(rows, split=ALL)
    store = prepare_tokens(
        workspace, dataset, "train", tokenizers["marks"], RenderSpec(overlong="truncate"), max_sequence_length=16
    )
    assert store.rows.tolist() == [2]
    assert store.ledger["kept"].losses["nothing learned"].rows == 1
    with pytest.raises(DataError, match="leaves nothing to learn"):
        prepare_tokens(workspace, do_import(rows[:1], split=ALL), "train", tokenizers["marks"],
                       RenderSpec(overlong="truncate"), max_sequence_length=16)  # fmt: skip


def test_the_cache_answers_at_once_and_knows_every_difference(
    workspace: Workspace, chats: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    def prepare(tokenizer: str = "plain", length: int = LONG, **render: Any) -> TokenStore:
        return prepare_tokens(
            workspace, chats, "train", tokenizers[tokenizer], RenderSpec(**render), max_sequence_length=length
        )

    first = prepare()
    start = time.process_time()
    assert prepare().id == first.id
    assert time.process_time() - start < 0.1
    others = [
        prepare("marks"),
        prepare(length=64),
        prepare(learn="all"),
        prepare(template="alpaca"),
        prepare(overlong="drop"),
    ]
    assert len({first.id, *(store.id for store in others)}) == 6
    assert prepare(template="plain").id == first.id  # the tokenizer's own template is the same text
    assert prepare(length=64).id == prepare(max_sequence_length=64).id


def test_a_damaged_cache_is_made_again(workspace: Workspace, chats: Dataset, tokenizers: dict[str, Tokenizer]) -> None:
    store = prepare_tokens(workspace, chats, "train", tokenizers["plain"], max_sequence_length=LONG)
    before = store.tokens.tolist()
    (store.path / "tokens.bin").write_bytes(b"xx")
    with pytest.raises(DataError, match="damaged"):
        TokenStore(store.path)
    again = prepare_tokens(workspace, chats, "train", tokenizers["plain"], max_sequence_length=LONG)
    assert again.tokens.tolist() == before


def test_cancelling_leaves_nothing_and_progress_is_told(
    workspace: Workspace, texts: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    seen: list[tuple[int, int | None, str]] = []
    prepare_tokens(
        workspace,
        texts,
        "train",
        tokenizers["plain"],
        max_sequence_length=LONG,
        watch=Watch(lambda *told: seen.append(told)),
    )
    assert seen[-1] == (100, 100, "rows")
    with pytest.raises(Interrupted):
        prepare_tokens(
            workspace, texts, "train", tokenizers["plain"], max_sequence_length=99, watch=Watch(cancelled=lambda: True)
        )
    assert len(list(workspace.tokens.iterdir())) == 1


def test_rows_that_the_template_refuses_are_counted(
    workspace: Workspace, do_import: Any, tokenizers: dict[str, Tokenizer]
) -> None:
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]
    rows = [{"messages": turns}, {"messages": [{"role": "system", "content": "s"}, *turns]}]
    template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        "{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
    )
    store = prepare_tokens(workspace, do_import(rows, split=ALL), "train", tokenizers["plain"],
                           RenderSpec(template=template), max_sequence_length=LONG)  # fmt: skip
    assert len(store) == 1
    [(reason, loss)] = store.ledger["rendered"].losses.items()
    assert "no system role" in reason and loss.rows == 1


def test_an_unknown_split_is_named(workspace: Workspace, chats: Dataset, tokenizers: dict[str, Tokenizer]) -> None:
    with pytest.raises(NotFound, match="“test”"):
        prepare_tokens(workspace, chats, "test", tokenizers["plain"], max_sequence_length=LONG)


def test_a_large_vocabulary_takes_wider_numbers(
    workspace: Workspace, texts: Dataset, tokenizer_refs: dict[str, Any]
) -> None:
    tokenizer = tokenizer_refs["plain"].load()
    narrow = prepare_tokens(workspace, texts, "train", tokenizer, max_sequence_length=50)
    tokenizer.vocab_size, tokenizer.fingerprint = 70_000, "other"
    wide = prepare_tokens(workspace, texts, "train", tokenizer, max_sequence_length=50)
    assert wide.tokens.dtype == np.uint32 and wide.tokens.tolist() == narrow.tokens.tolist()


# --- layouts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def preferences(do_import: Any) -> Dataset:
    rows = [{"prompt": f"Say {n}.", "chosen": f"{n} it is", "rejected": "no " * (1 + 40 * (n == 3))} for n in range(6)]
    dataset: Dataset = do_import(rows, split=ALL)
    return dataset


def test_a_pair_stands_together_and_is_dropped_together(
    workspace: Workspace, preferences: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    tokenizer = tokenizers["chatml"]
    store = prepare_tokens(workspace, preferences, "train", tokenizer, max_sequence_length=64, layout=PairLayout())
    assert (store.width, len(store)) == (2, 10)  # row 4 is too long, and a pair cannot be split
    assert store.rows.tolist() == [1, 1, 2, 2, 3, 3, 5, 5, 6, 6]
    texts = [tokenizer.decode(store.sequence(number)[0].tolist()) for number in range(2)]
    assert "0 it is" in texts[0]
    assert "no" in texts[1]
    assert {loss for stage in store.ledger.stages for loss in stage.losses} >= {"longer than max_sequence_length"}
    again = prepare_tokens(workspace, preferences, "train", tokenizer, max_sequence_length=64)
    assert again.id != store.id  # another layout, other tokens
    cut = prepare_tokens(
        workspace,
        preferences,
        "train",
        tokenizer,
        RenderSpec(overlong="truncate"),
        max_sequence_length=64,
        layout=PairLayout(),
    )
    assert (len(cut), cut.longest) == (12, 64)


def test_a_verdict_stands_beside_its_answer_and_a_stranger(
    workspace: Workspace, do_import: Any, tokenizers: dict[str, Tokenizer]
) -> None:
    rows = [{"prompt": f"Say {n}.", "completion": f"{n} it is", "verdict": n % 2 == 0} for n in range(4)]
    dataset = do_import(rows, split=ALL)
    store = prepare_tokens(
        workspace, dataset, "train", tokenizers["chatml"], max_sequence_length=64, layout=JudgedLayout()
    )
    assert store.columns["value"].tolist() == [1, 1, 0, 0, 1, 1, 0, 0]
    strange = [tokenizers["chatml"].decode(store.sequence(number)[0].tolist()) for number in (1, 3)]
    assert "Say 0." in strange[0]
    assert "3 it is" in strange[0]
    assert "0 it is" in strange[1]


def test_a_class_is_told_at_the_place_behind_the_text(
    workspace: Workspace, do_import: Any, tokenizers: dict[str, Tokenizer]
) -> None:
    rows = [{"text": f"number {n}", "label": ("even", "odd")[n % 2]} for n in range(8)]
    dataset = do_import(rows, split=ALL)
    layout = LabelLayout(["even", "odd"])
    store = prepare_tokens(workspace, dataset, "train", tokenizers["plain"], max_sequence_length=64, layout=layout)
    assert store.columns["value"].tolist() == [0, 1] * 4
    ids, learned = store.sequence(0)
    assert tokenizers["plain"].decode(ids[:-1].tolist()) == "number 0"
    assert learned.tolist() == [0] * (len(ids) - 1) + [1]
    with pytest.raises(DataError, match="leaves nothing to learn"):
        prepare_tokens(
            workspace, dataset, "train", tokenizers["plain"], max_sequence_length=64, layout=LabelLayout(["x"])
        )


def test_a_prompt_ends_where_the_answer_begins(
    workspace: Workspace, preferences: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    tokenizer = tokenizers["chatml"]
    store = prepare_tokens(workspace, preferences, "train", tokenizer, max_sequence_length=64, layout=PromptLayout())
    ids, learned = store.sequence(2)
    assert ids[:-1].tolist() == Renderer(tokenizer).prompt_ids([{"role": "user", "content": "Say 2."}])
    assert learned.sum() == 1


def test_rows_can_be_left_out_and_the_ledger_says_so(
    workspace: Workspace, chats: Dataset, tokenizers: dict[str, Tokenizer]
) -> None:
    tokenizer = tokenizers["chatml"]
    render = RenderSpec(leave_out=[3, 5, 5, 9999])
    store = prepare_tokens(workspace, chats, "train", tokenizer, render, max_sequence_length=LONG)
    assert not {3, 5} & set(store.rows.tolist())
    assert len(store) == 118
    losses = {reason: loss.rows for stage in store.ledger.stages for reason, loss in stage.losses.items()}
    assert losses["left out by the recipe"] == 2
    assert store.id != prepare_tokens(workspace, chats, "train", tokenizer, max_sequence_length=LONG).id
