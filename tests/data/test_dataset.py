"""Looking into a dataset."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from tokenloom.data.corpus import corpus_report
from tokenloom.data.dataset import Dataset
from tokenloom.data.statistics import _lost
from tokenloom.data.tokenizer import Tokenizer
from tokenloom.data.tokens import prepare_tokens
from tokenloom.kit.errors import NotFound
from tokenloom.spec.data import RatioSplit

ROWS = [
    {"text": f"Row {n} about {'Foxes' if n % 10 == 0 else 'dogs'}", "score": n, "kind": "ab"[n % 2]} for n in range(200)
]


@pytest.fixture
def dataset(do_import: Any) -> Dataset:
    imported: Dataset = do_import(ROWS, split=RatioSplit(train=0.8, validation=0.1, test=0.1))
    return imported


def test_pages_search_and_filters(dataset: Dataset) -> None:
    assert [row["score"] for row in dataset.rows(offset=10, limit=3)] == [10, 11, 12]
    assert [row["score"] for row in dataset.rows(search="foxes", limit=3)] == [0, 10, 20]
    assert dataset.rows(search="a.*b") == []
    assert {row["kind"] for row in dataset.rows(filter={"kind": "b"}, limit=500)} == {"b"}
    assert [row["score"] for row in dataset.rows(filter={"score": {"min": 5, "max": 7}})] == [5, 6, 7]
    assert [row["score"] for row in dataset.rows(filter={"score": [3, 190], "text": {"contains": "row"}})] == [3, 190]
    assert {row["_split"] for row in dataset.rows("test", limit=500)} == {"test"}
    assert len(dataset.rows("test", limit=500)) == dataset.count("test") == len(list(dataset.examples("test")))


def test_unknown_splits_columns_and_rows_are_answered(dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="tset") as caught:
        dataset.rows("tset")
    assert "test" in caught.value.hint
    with pytest.raises(NotFound, match="scor"):
        dataset.rows(filter={"scor": 1})
    with pytest.raises(NotFound, match="no row 5000"):
        dataset.row(5000)


def test_a_sample_is_spread_over_the_split(dataset: Dataset) -> None:
    numbers = [example.row for example in dataset.sample(10)]
    assert 10 <= len(numbers) <= 11 and numbers[0] == 1 and numbers[-1] > 180


def test_statistics_of_characters_and_tokens(dataset: Dataset, tokenizers: dict[str, Tokenizer]) -> None:
    told = dataset.stats(tokenizers["plain"])
    assert told["rows"] == 200
    assert told["characters"] == sum(len(row["text"]) for row in ROWS)
    true = sum(1 + len(tokenizers["plain"].encode(str(row["text"]))) for row in ROWS)  # and its end token
    assert told["tokens"]["total_estimate"] == true and told["tokens"]["unknown_rate"] == 0
    assert told["tokens"]["lost_by_truncation"]["128"] == 0


def test_tokens_are_those_that_training_reads(do_import: Any, workspace: Any, tokenizers: dict[str, Tokenizer]) -> None:
    turns = [[{"role": "user", "content": "the fox " * n}, {"role": "assistant", "content": "over"}] for n in (1, 60)]
    chats = do_import([{"messages": each} for each in turns], split=RatioSplit(train=1, validation=0, test=0))
    told = chats.stats(tokenizers["chatml"])["tokens"]
    read = prepare_tokens(workspace, chats, "train", tokenizers["chatml"], max_sequence_length=4096)
    lengths = [len(read.sequence(number)[0]) for number in range(len(read))]
    assert (told["per_row"]["p0"], told["per_row"]["p100"]) == (min(lengths), max(lengths))
    assert told["total_estimate"] == sum(lengths) and "chatml" in told["template"]
    assert told["lost_by_truncation"]["128"] == round(sum(max(0, each - 128) for each in lengths) / sum(lengths), 4) > 0
    report = corpus_report(workspace, chats, tokenizers["chatml"])
    assert report["lengths"]["tokens"]["total"] == sum(lengths)
    assert report["lengths"]["characters"]["total"] == chats.stats()["characters"]


def test_the_least_loss_is_not_told_as_none() -> None:
    assert _lost(np.array([1] * 1_000_000 + [129]), 128) == 0.0001 and _lost(np.array([128]), 128) == 0


def test_the_first_page_of_a_search_in_many_rows_is_quick(do_import: Any) -> None:
    dataset = do_import("".join(f'{{"text": "row number {n} of many"}}\n' for n in range(100_000)))
    dataset.rows(limit=1)
    start = time.process_time()
    assert len(dataset.rows(search="99", limit=50)) == 50
    assert time.process_time() - start < 0.5
