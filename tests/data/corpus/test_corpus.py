"""Lengths, words, growth, coverage and the map are those that counting by hand gives."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from tokenloom.data.corpus import MapAsked, corpus_map, corpus_report
from tokenloom.data.corpus.mapping import DIRECTIONS, _directions, comparable
from tokenloom.data.corpus.words import words_of
from tokenloom.data.dataset import Dataset
from tokenloom.data.tokenizer import Tokenizer
from tokenloom.kit.errors import NotFound
from tokenloom.kit.workspace import Workspace

Import = Callable[..., Dataset]
WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "12",
    "lazy",
    "dogs",
    "and",
    "adds",
    "7",
    "to",
    "every",
    "roll",
    "while",
    "flowers",
    "grow",
    "in",
    "rain",
]


def sentences(count: int) -> list[str]:
    """Distinct sentences with words and numbers, the same every time."""
    return [
        " ".join(WORDS[(number * step + step * step) % len(WORDS)] for step in range(5 + number % 7)) + f" {number}."
        for number in range(count)
    ]


def test_lengths_words_and_runs_are_counted(workspace: Workspace, do_import: Import) -> None:
    texts = sentences(300)
    told = corpus_report(workspace, do_import([{"text": text} for text in texts]))
    assert told["rows"] == told["sampled_rows"] == 300 and told["tokens"] is None
    chars = told["lengths"]["characters"]
    assert chars["total"] == sum(map(len, texts)) and sum(chars["counts"]) == 300
    assert len(chars["edges"]) == len(chars["counts"]) + 1 and chars["edges"][0] == min(map(len, texts))
    assert told["lengths"]["words"]["total"] == sum(len(text.split()) for text in texts)
    rows = [text.lower().rstrip(".").split() for text in texts]
    words = Counter(word for row in rows for word in row)
    assert told["words"]["total"] == words.total() and told["words"]["distinct"] == len(words)
    assert [each["count"] for each in told["words"]["top"]] == [count for _, count in words.most_common(200)]
    assert all(words[each["text"]] == each["count"] for each in told["words"]["top"])
    pairs = Counter(f"{a} {b}" for row in rows for a, b in itertools.pairwise(row))
    assert all(pairs[each["text"]] == each["count"] for each in told["words"]["pairs"]) and told["words"]["pairs"]
    assert told["words"]["triples"][0]["count"] >= told["words"]["triples"][-1]["count"] > 1


def test_growth_and_coverage_are_counted_and_heaps_law_is_fitted(workspace: Workspace, do_import: Import) -> None:
    draw = np.random.default_rng(0)
    rows = [{"text": " ".join(f"w{each}" for each in draw.zipf(1.3, 40) % 100_000)} for _ in range(400)]
    told = corpus_report(workspace, do_import(rows))
    growth, coverage = told["growth"], told["coverage"]
    assert growth["words"][-1] == told["words"]["total"] and growth["distinct"][-1] == told["words"]["distinct"]
    assert 0.3 < growth["beta"] < 1 < growth["k"]
    fitted = growth["k"] * growth["words"][-1] ** growth["beta"]
    assert fitted == pytest.approx(growth["distinct"][-1], rel=0.15)
    assert coverage["share"] == sorted(coverage["share"]) and coverage["share"][-1] == 1


def test_words_of_scripts_without_spaces_and_with_apostrophes() -> None:
    import polars as pl

    found = words_of(pl.Series(["Don’t 你好 said Ünal_2 — it's 3.5!"]))
    spelled = [found.names[code] for code in found.codes]
    assert spelled == ["don’t", "你", "好", "said", "ünal", "2", "it's", "3", "5"]


def test_tokens_of_a_tokenizer(workspace: Workspace, do_import: Import, tokenizers: dict[str, Tokenizer]) -> None:
    tokenizer = tokenizers["plain"]
    texts = sentences(100)
    told = corpus_report(workspace, do_import([{"text": text} for text in texts]), tokenizer)
    lengths = [len(ids) + 1 for ids in tokenizer.encode_batch(texts)]  # and the end token that training reads
    assert told["lengths"]["tokens"]["total"] == sum(lengths)
    top = told["tokens"]["top"][0]
    assert top["count"] == sum(int((ids == top["id"]).sum()) for ids in tokenizer.encode_batch(texts))
    assert told["tokens"]["vocab_size"] == tokenizer.vocab_size > told["tokens"]["unused"] > 0
    assert set(told["tokens"]["lost_by_truncation"]) >= {"128", "1024"}


def test_the_map_lays_rows_about_the_same_things_together(workspace: Workspace, do_import: Import) -> None:
    draw = np.random.default_rng(1)
    about = {
        "sea": "ship wave sail harbour fish",
        "sky": "cloud wind bird feather storm",
        "pan": "bread oven flour dough salt",
    }
    rows = [
        {"text": " ".join(draw.choice(about[topic].split(), 8)), "topic": topic} for topic in about for _ in range(40)
    ]
    dataset = do_import(rows)
    told = corpus_map(workspace, dataset)
    assert told["rows"] == list(range(1, 121)) and told["sampled_rows"] == 120
    points = np.column_stack([told["x"], told["y"]]).reshape(3, 40, 2)
    centres = points.mean(axis=1)
    spread = np.linalg.norm(points - centres[:, None], axis=2).mean()
    apart = min(np.linalg.norm(centres[a] - centres[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert apart > 2 * spread and np.abs(points).max() <= 1
    assert max(told["group"]) < len(told["groups"]) and all(told["groups"])
    assert corpus_map(workspace, dataset) == told
    assert corpus_map(workspace, dataset, MapAsked(limit=30))["sampled_rows"] == 30


def test_directions_of_wide_vectors_are_those_of_the_whole_decomposition() -> None:
    draw = np.random.default_rng(3)
    strengths = np.concatenate([np.linspace(40, 10, DIRECTIONS), np.full(84, 0.5)])
    vectors = (draw.standard_normal((300, 100)) * strengths) @ np.linalg.qr(draw.standard_normal((1500, 100)))[0].T
    centred = vectors - vectors.mean(axis=0)
    found = _directions(centred, 0)
    true = np.linalg.svd(centred, full_matrices=False)[2][:DIRECTIONS].T
    assert found.shape == (1500, DIRECTIONS)
    np.testing.assert_allclose(np.abs((found * true).sum(axis=0)), 1, atol=1e-3)


def test_one_place_that_is_large_in_every_row_decides_nothing() -> None:
    draw = np.random.default_rng(4)
    states = draw.standard_normal((200, 8))
    states[:, 3] = 1e4 + 1e3 * states[:, 3]
    found = comparable(states.astype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert found.std(axis=0).max() < 1.5 * found.std(axis=0).min()


def test_one_split_alone_and_a_wrong_one(workspace: Workspace, do_import: Import) -> None:
    dataset = do_import([{"text": text} for text in sentences(200)])
    told = corpus_report(workspace, dataset, split="test")
    assert told["rows"] == dataset.splits["test"] == told["sampled_rows"]
    assert corpus_map(workspace, dataset, MapAsked("test"))["sampled_rows"] == dataset.splits["test"]
    with pytest.raises(NotFound):
        corpus_report(workspace, dataset, split="tset")
    with pytest.raises(NotFound):
        corpus_map(workspace, dataset, MapAsked("tset"))
