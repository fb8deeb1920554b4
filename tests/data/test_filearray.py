"""Numbers on the disk, and counting copies among them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tokenloom.data import filearray
from tokenloom.data.filearray import FileArray, blocks_of, count_copies
from tokenloom.data.splitting import assign_splits
from tokenloom.spec.split import RatioSplit


@pytest.fixture
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filearray, "BLOCK", 100)
    monkeypatch.setattr(filearray, "_BATCH", 300)


@pytest.fixture
def three_million(tmp_path: Path) -> FileArray:
    """Hashes as rows of an import have them, every fifth of them that of the row before."""
    hashes = np.random.default_rng(0).integers(0, 1 << 64, 3_000_000, dtype=np.uint64)
    hashes[4::5] = hashes[3::5]
    return _filled(tmp_path / "many", hashes.tolist())


def _filled(path: Path, numbers: list[int], code: str = "Q") -> FileArray:
    array = FileArray(path, code)
    for number in numbers:
        array.append(number)
    return array


small = pytest.mark.usefixtures("_small_blocks")


@small
def test_numbers_come_back_as_they_were_appended(tmp_path: Path) -> None:
    numbers = [(-1) ** place * place * 7 for place in range(1234)]
    array = _filled(tmp_path / "a", numbers, "q")
    assert len(array) == 1234
    assert np.asarray(array).tolist() == numbers
    assert array[250:260].tolist() == numbers[250:260]
    assert array[1230:9999].tolist() == numbers[1230:]
    assert [len(block) for block in blocks_of(array)] == [100] * 12 + [34]
    array.append(5)
    array.close()
    assert np.asarray(array).tolist() == [*numbers, 5]


def test_an_empty_array_has_no_blocks(tmp_path: Path) -> None:
    array = FileArray(tmp_path / "a", "Q")
    assert len(array) == 0 and list(blocks_of(array)) == [] and count_copies(array) == (0, 0)


@small
def test_it_is_saved_as_numpy_reads_it(tmp_path: Path) -> None:
    array = _filled(tmp_path / "a", [1, 1 << 63, 3])
    array.save(tmp_path / "a.npy")
    assert np.load(tmp_path / "a.npy", mmap_mode="r", allow_pickle=False).tolist() == [1, 1 << 63, 3]


@small
@pytest.mark.parametrize(("count", "different"), [(1, 1), (250, 40), (5_000, 5_000), (5_000, 900), (5_000, 1)])
def test_copies_are_counted_exactly_over_several_ranges(tmp_path: Path, count: int, different: int) -> None:
    draw = np.random.default_rng(count + different)
    pool = draw.integers(0, 1 << 64, different, dtype=np.uint64)
    hashes = pool[draw.integers(0, different, count)]
    _, copies = np.unique(hashes, return_counts=True)
    wanted = (int((copies - 1).sum()), int((copies > 1).sum()))
    assert count_copies(hashes) == wanted
    assert count_copies(_filled(tmp_path / "a", hashes.tolist())) == wanted


@small
def test_the_smallest_and_the_largest_hash_count(tmp_path: Path) -> None:
    ends = [0, (1 << 64) - 1] * 400
    assert count_copies(_filled(tmp_path / "a", ends)) == (798, 2)


@small
def test_hashes_that_all_fall_into_one_range_are_still_exact() -> None:
    hashes = np.arange(4_000, dtype=np.uint64).repeat(2)
    assert count_copies(hashes) == (4_000, 4_000)


def test_millions_of_rows_take_a_byte_each_and_a_bounded_rest(three_million: FileArray) -> None:
    tracemalloc.start()
    try:
        choice, _ = assign_splits(RatioSplit(), three_million, [])
        divided = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        copies = count_copies(three_million)
        counted = tracemalloc.get_traced_memory()[1] - choice.nbytes
    finally:
        tracemalloc.stop()
    assert copies == (600_000, 600_000)
    assert choice.nbytes == 3_000_000
    assert divided < 16 << 20, divided  # the hashes alone are 24 MB
    assert counted < 48 << 20, counted
