"""Near-duplicates: the estimate, what is found, what is not, and bounded memory."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from tokenloom.data.likeness import Clusters, LikenessIndex
from tokenloom.data.likeness.index import band_shape
from tokenloom.data.likeness.sketch import Sketcher, shingles
from tokenloom.data.progress import Watch
from tokenloom.kit.errors import Interrupted

VOCABULARY = [f"word{number}" for number in range(4000)]


def document(seed: int, words: int = 60) -> str:
    return " ".join(random.Random(seed).choices(VOCABULARY, k=words))


def with_changes(text: str, *places: int) -> str:
    words = text.split()
    for place in places:
        words[place] = "changed"
    return " ".join(words)


def jaccard(left: str, right: str, words: int = 3) -> float:
    """Straight from the definition, without numpy."""
    sets = []
    for text in (left, right):
        parts = text.split()
        sets.append({tuple(parts[start : start + words]) for start in range(len(parts) - words + 1)})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def clusters_of(texts: list[str], threshold: float = 0.8) -> list[list[int]]:
    with LikenessIndex() as index:
        index.add_all(texts)
        return sorted(group.tolist() for group in index.clusters(threshold).groups())


def test_the_estimate_agrees_with_the_definition() -> None:
    base = document(0, 200)
    others = [with_changes(base, *range(0, count * 7, 7)) for count in (0, 1, 2, 4, 8, 16, 28)]
    sketches = Sketcher(places=1024)([base, *others])
    for other, sketch in zip(others, sketches[1:], strict=True):
        assert (sketches[0] == sketch).mean() == pytest.approx(jaccard(base, other), abs=0.06)


def test_the_number_of_shingles_is_that_of_the_runs_of_words() -> None:
    hashes, counts = shingles(["one two three four", "one two", "", "…!", "Four, THREE; two one."], 3)
    assert counts.tolist() == [2, 1, 1, 1, 2] and len(hashes) == 7


@pytest.mark.parametrize(
    ("left", "right"),
    [("Hello, World again", "hello world — again!"), ("STRASSE ist lang hier", "strasse, ist lang: hier")],
)
def test_case_and_punctuation_do_not_matter(left: str, right: str) -> None:
    assert clusters_of([left, right, document(1)]) == [[0, 1]]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ab c d", "a bc d"),
        ("one two", "two one"),
        ("", "a"),
        ("!!", "??"),
        ("x", "y"),
        ("今天天气很好我们去公园", "明天天气不好他们在家里"),
    ],
)
def test_other_texts_are_apart(left: str, right: str) -> None:
    assert clusters_of([left, right]) == []


def test_scripts_without_spaces_are_compared_by_their_characters() -> None:
    text = "机器学习是人工智能的一个重要分支它研究如何让计算机从数据中学习规律并且做出预测"
    assert clusters_of([text, text + "了", document(3)], 0.8) == [[0, 1]]


def test_odd_texts_do_not_stop_the_search() -> None:
    texts = ["", "", "\ud800 half", "\x00\x00", "İstanbul ve İzmir", "a" * 3_000_000, "\n", "𝐛𝐨𝐥𝐝 𝐥𝐞𝐭𝐭𝐞𝐫𝐬"]
    assert [0, 1] in clusters_of(texts)


def test_near_duplicates_are_found_among_many_and_nothing_else() -> None:
    texts = [document(seed) for seed in range(3000)]
    planted = {place: place + 1500 for place in range(0, 1000, 10)}
    for original, copy in planted.items():
        texts[copy] = with_changes(texts[original], 30)
    found = clusters_of(texts)
    assert len(found) >= 0.98 * len(planted)
    assert all(len(group) == 2 and planted.get(group[0]) == group[1] for group in found)


def test_pairs_below_the_threshold_stay_apart_and_those_above_join() -> None:
    base = document(5, 100)
    half = with_changes(base, *range(5, 95, 15))  # six changes, 18 of 98 runs: similarity about 0.69
    assert 0.6 < jaccard(base, half) < 0.75
    assert clusters_of([base, half], 0.85) == []
    assert clusters_of([base, half], 0.5) == [[0, 1]]


def test_many_copies_of_one_text_are_one_group() -> None:
    texts = [document(number) if number % 3 else "the very same text as everywhere" for number in range(2000)]
    assert clusters_of(texts) == [list(range(0, 2000, 3))]


def test_long_texts_are_taken_in_pieces_and_still_agree() -> None:
    long = document(9, 300_000)
    assert len(long) > 1 << 20
    assert clusters_of([long, with_changes(long, 5), document(10)]) == [[0, 1]]


def test_sketches_do_not_depend_on_how_texts_are_batched() -> None:
    texts = [document(seed, 5 + seed) for seed in range(40)]
    together = Sketcher()(texts)
    apart = np.concatenate([Sketcher()([text]) for text in texts])
    assert (together == apart).all()


def test_matches_compare_with_the_other_side_only_and_tell_the_best() -> None:
    base = document(1, 100)
    texts = [base, with_changes(base, 50), with_changes(base, 50, 80), document(2), document(2), base]
    held_out = np.array([False, False, True, False, True, True])
    with LikenessIndex() as index:
        index.add_all(texts)
        found = {match.place: match for match in index.matches(~held_out, held_out, 0.8)}
    assert {place: match.other for place, match in found.items()} == {0: 5, 1: 5, 3: 4} or found[1].other == 2
    assert found[0].similarity == 1.0 and found[3].similarity == 1.0 and 0.8 <= found[1].similarity < 1


def test_matches_without_any_row_on_one_side_are_none() -> None:
    with LikenessIndex() as index:
        index.add_all([document(1), document(1)])
        nobody = np.zeros(2, bool)
        assert index.matches(~nobody, nobody) == [] and index.matches(nobody, ~nobody) == []


def test_an_empty_index_has_no_groups() -> None:
    assert clusters_of([]) == []


def test_clusters_join_chains_and_repeated_pairs() -> None:
    clusters = Clusters(7)
    clusters.join(np.array([1, 2, 5, 1]), np.array([5, 5, 6, 5]))
    assert clusters.labels.tolist() == [0, 1, 1, 3, 4, 1, 1]
    assert clusters.is_repeat().tolist() == [False, False, True, False, False, True, True]
    assert [group.tolist() for group in clusters.groups()] == [[1, 2, 5, 6]]


def test_clusters_agree_with_a_plain_search() -> None:
    draw = np.random.default_rng(0)
    left, right = draw.integers(0, 300, 200), draw.integers(0, 300, 200)
    clusters = Clusters(300)
    clusters.join(left[:100], right[:100])
    clusters.join(left[100:], right[100:])
    beside: dict[int, set[int]] = {place: {place} for place in range(300)}
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        whole = beside[one] | beside[other]
        for each in whole:
            beside[each] = whole
    assert clusters.labels.tolist() == [min(beside[place]) for place in range(300)]


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 0.99])
def test_bands_find_pairs_a_little_above_the_threshold(threshold: float) -> None:
    bands, rows = band_shape(threshold, 128)
    assert bands * rows <= 128 and 1 - (1 - threshold**rows) ** bands >= 0.95
    assert rows == 1 or 1 - (1 - (threshold / 2) ** rows) ** bands < 0.9


def test_the_search_can_be_stopped_and_tells_how_far_it_is() -> None:
    told: list[str] = []

    def texts() -> Iterator[str]:
        for number in range(20_000):
            yield f"short text number {number}"

    with LikenessIndex() as index:
        with pytest.raises(Interrupted):
            index.add_all(texts(), Watch(cancelled=lambda: len(index) > 5000))
        assert 5000 < len(index) < 20_000
        index.clusters(0.8, Watch(progress=lambda done, total, unit: told.append(f"{done}/{total} {unit}")))
    assert told and told[-1].endswith("bands")
