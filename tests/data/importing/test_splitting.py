"""Splits: stable, exact where asked, never empty without a word."""

from __future__ import annotations

import numpy as np
import pytest

from tokenloom.data.importing.splitting import assign_splits
from tokenloom.spec.data import RatioSplit


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
