"""Splits: stable, exact where asked, never empty without a word."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenloom.data import filearray
from tokenloom.data.splitting import Said, assign_splits
from tokenloom.data.splitting.cutting import cut
from tokenloom.data.splitting.said import MOST_NAMES
from tokenloom.kit.errors import DataError
from tokenloom.spec.base import Spec
from tokenloom.spec.split import (
    ColumnSplit,
    CountSplit,
    FilesSplit,
    GroupedSplit,
    RatioSplit,
    StratifiedSplit,
    TimeSplit,
)


def _hashes(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**63, count).astype(np.uint64)


def test_a_hash_split_keeps_the_shares_and_each_row_as_data_grows() -> None:
    hashes = _hashes(20_000)
    choice, notes = assign_splits(RatioSplit(train=0.8, validation=0.1, test=0.1), hashes, [])
    assert np.abs(np.bincount(choice) / 20_000 - [0.8, 0.1, 0.1]).max() < 0.01 and notes == []
    fewer, _ = assign_splits(RatioSplit(train=0.8, validation=0.1, test=0.1), hashes[:5000][::-1], [])
    assert np.array_equal(fewer[::-1], choice[:5000])


def test_another_seed_draws_differently() -> None:
    hashes = _hashes(1000)
    one, two = (assign_splits(RatioSplit(seed=seed), hashes, [])[0] for seed in (0, 1))
    assert 10 < (one != two).sum() < 400


@pytest.mark.parametrize("count", [3, 4, 7])
def test_every_wanted_split_gets_a_row_and_the_report_says_so(count: int) -> None:
    told = []
    for seed in range(30):
        hashes = np.repeat(_hashes(count, seed), 2)
        choice, notes = assign_splits(RatioSplit(), hashes, [])
        assert set(choice) == {0, 1, 2}
        assert np.array_equal(choice[::2], choice[1::2])
        told += notes
    assert told
    assert all(note.startswith("The split ") for note in told)


def test_equal_rows_alone_are_not_torn_apart() -> None:
    choice, _ = assign_splits(RatioSplit(), np.array([5, 5, 5, 5], dtype=np.uint64), [])
    assert len(set(choice)) == 1


def test_a_split_without_share_stays_empty() -> None:
    choice, _ = assign_splits(RatioSplit(train=0.5, validation=0.5, test=0), _hashes(500), [])
    assert set(choice) == {0, 1}


@pytest.mark.parametrize("count", [1, 3, 10, 999])
def test_a_random_split_has_exact_counts(count: int) -> None:
    choice, _ = assign_splits(RatioSplit(train=0.8, validation=0.1, test=0.1, method="random"), _hashes(count), [])
    counts = np.bincount(choice, minlength=3)
    assert counts.sum() == count
    assert np.abs(counts - np.array([0.8, 0.1, 0.1]) * count).max() <= 1.5
    assert count < 3 or (counts > 0).all()


def test_counts_are_met_and_equal_rows_stay_together() -> None:
    hashes = _hashes(1000)
    choice, notes = assign_splits(CountSplit(validation=50, test=30), hashes, [])
    assert np.bincount(choice).tolist() == [920, 50, 30] and notes == []
    doubled = np.repeat(_hashes(100), 7)
    choice, notes = assign_splits(CountSplit(validation=50, test=30), doubled, [])
    assert all(len(set(choice[start : start + 7])) == 1 for start in range(0, 700, 7))
    assert np.bincount(choice).tolist() == [623, 49, 28] and len(notes) == 2
    with pytest.raises(DataError, match="leave none to learn from"):
        assign_splits(CountSplit(validation=90, test=10), _hashes(100), [])


def test_every_class_keeps_its_shares() -> None:
    labels = ["common"] * 900 + ["rare"] * 100 + ["single"]
    spec = StratifiedSplit(column="label", train=0.8, validation=0.1, test=0.1)
    choice, notes = assign_splits(spec, _hashes(1001), labels)
    assert np.bincount(choice[:900]).tolist() == [720, 90, 90]
    assert np.bincount(choice[900:1000]).tolist() == [80, 10, 10]
    assert choice[1000] == 0 and notes == ["“single” has only 1 row(s), too few for every split."]


def test_groups_are_never_parted_and_keep_their_split_as_data_grows() -> None:
    groups = [f"author {number % 60}" for number in range(3000)]
    spec = GroupedSplit(column="author", train=0.6, validation=0.2, test=0.2)
    choice, _ = assign_splits(spec, _hashes(3000), groups)
    assert all(len(set(choice[number::60])) == 1 for number in range(60)) and len(set(choice)) == 3
    more, _ = assign_splits(spec, _hashes(3500), [*groups, *["somebody new"] * 500])
    assert np.array_equal(more[:3000], choice)
    _, notes = assign_splits(spec, _hashes(10), ["one"] * 8 + ["", ""])
    assert any("2 row(s) name no author" in note for note in notes) and any("80%" in note for note in notes)


def test_time_puts_the_oldest_first_and_never_parts_a_moment() -> None:
    values = [f"2026-01-{day:02d}" for day in (9, 3, 1, 2, 10, 8, 7, 5, 4, 6)]
    choice, _ = assign_splits(TimeSplit(column="when", train=0.6, validation=0.2, test=0.2), _hashes(10), values)
    by_day = [int(choice[values.index(value)]) for value in sorted(values)]
    assert by_day == [0] * 6 + [1, 1, 2, 2]
    mixed = ["2026-01-01T01:00:00+01:00", "1767225600", "1767225600000", "2026-01-02"]
    choice, _ = assign_splits(TimeSplit(column="when", train=0.5, validation=0, test=0.5), _hashes(4), mixed)
    assert choice.tolist() == [0, 0, 0, 2]
    with pytest.raises(DataError, match=r"no time in 1 rows, for example “soon”") as caught:
        assign_splits(TimeSplit(column="when"), _hashes(2), ["2026-01-01", "soon"])
    assert caught.value.details["rows"] == [2]


def test_files_say_their_split_by_name_or_folder() -> None:
    names = ["train-00000.jsonl", "dev.csv", "books/test/training.txt", "test/part1.jsonl", "data/valid_2.jsonl"]
    choice, _ = assign_splits(FilesSplit(), _hashes(5), names)
    assert choice.tolist() == [0, 1, 0, 2, 1]
    with pytest.raises(DataError, match=r"The name of rows\.csv says no split"):
        assign_splits(FilesSplit(), _hashes(2), ["rows.csv", "train.csv"])


@given(st.lists(st.integers(0, 6), min_size=3, max_size=40), st.integers(0, 5), st.integers(0, 5))
def test_a_cut_parts_no_equals_and_leaves_no_wanted_part_empty(places: list[int], second: int, third: int) -> None:
    counts = [max(1, len(places) - second - third), second, third]
    parts = cut(np.array(places, dtype=float), counts)
    owners = {place: {int(part) for part, at in zip(parts, places, strict=True) if at == place} for place in places}
    assert all(len(each) == 1 for each in owners.values())
    order = [int(part) for _, part in sorted(zip(places, parts, strict=True))]
    assert order == sorted(order)
    wanted = [number for number, count in enumerate(counts) if count]
    if len(set(places)) >= len(wanted):
        assert set(order) == set(wanted)


@pytest.mark.parametrize(
    "spec",
    [
        RatioSplit(),
        RatioSplit(train=0.9998, validation=0.0001, test=0.0001),  # so that a split must be given a row
        RatioSplit(method="random"),
        CountSplit(validation=30, test=20),
    ],
)
def test_hashes_in_a_file_are_divided_as_those_in_memory(
    spec: RatioSplit | CountSplit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filearray, "BLOCK", 70)
    hashes = _hashes(1000)
    stored = filearray.FileArray(tmp_path / "hashes", "Q")
    for number in hashes.tolist():
        stored.append(number)
    choice, notes = assign_splits(spec, stored, [])
    wanted, wanted_notes = assign_splits(spec, hashes, [])
    assert choice.tolist() == wanted.tolist() and notes == wanted_notes
    assert set(choice.tolist()) == {0, 1, 2}


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (StratifiedSplit(column="label"), lambda row: f"class {row % 7}"),
        (GroupedSplit(column="author"), lambda row: f"author {row // 3}"),
        (TimeSplit(column="when"), lambda row: f"{row}"),
    ],
)
def test_memory_does_not_grow_with_the_texts_that_are_looked_at(spec: Spec, text: Callable[[int], str]) -> None:
    def peak(spaces: int) -> tuple[int, list[int]]:
        tracemalloc.start()
        said = Said(spec, (text(row) + " " * spaces for row in range(3000)))
        choice, _ = assign_splits(spec, _hashes(3000), said)
        try:
            return tracemalloc.get_traced_memory()[1], choice.tolist()
        finally:
            tracemalloc.stop()

    (short, expected), (long, got) = peak(0), peak(8_000)  # 24 MB of text
    assert long < 2 * short + 300_000 and short < 100 * 3000 + 300_000
    assert len(set(got)) == 3 and (got == expected or not isinstance(spec, TimeSplit))


def test_a_column_that_says_something_else_in_every_row_is_refused_with_its_counts() -> None:
    values = [f"row {number}" for number in range(MOST_NAMES + 50)]
    with pytest.raises(DataError, match=r"more than 10000 different values"):
        assign_splits(StratifiedSplit(column="id"), _hashes(len(values)), values)
    with pytest.raises(DataError, match=r"“row 0” in 1 rows, which is no split"):
        assign_splits(ColumnSplit(column="id"), _hashes(len(values)), values)
