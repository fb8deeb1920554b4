"""Rows by their place, without the libraries that answer questions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tokenloom.data.rowfile import RowFile
from tokenloom.data.table import Table
from tokenloom.kit.errors import DataError

COUNT = 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Fifty rows in row groups of eight; each third one is for validation."""
    numbers = list(range(1, COUNT + 1))
    splits = ["validation" if number % 3 == 0 else "train" for number in numbers]
    rows = pa.table({"_row": numbers, "_split": splits, "text": [f"row {number}" for number in numbers]})
    pq.write_table(rows, tmp_path / "data.parquet", row_group_size=8)
    return tmp_path / "data.parquet"


@pytest.mark.parametrize(("step", "split"), [(1, None), (7, None), (1, "validation"), (5, "train"), (1, "test")])
def test_each_nth_row_of_a_split(path: Path, step: int, split: str | None) -> None:
    file = RowFile(path, "d@1")
    whole = [row for row in file.scan(["text"]) if split in (None, row["_split"])]
    assert file.every(step, ["text"], split) == whole[::step]


def test_rows_at_places_come_in_the_order_of_the_file(path: Path) -> None:
    file = RowFile(path, "d@1")
    assert [row["_row"] for row in file.at([49, 0, 8, 7, 0], ["text"])] == [1, 8, 9, 50]
    assert file.at([], ["text"]) == [] and file.at([COUNT], ["text"]) == []


def test_a_spread_covers_the_whole_file_with_all_columns(path: Path) -> None:
    rows = RowFile(path, "d@1").spread(10)
    numbers = [row["_row"] for row in rows]
    assert len(rows) == 10 and numbers == sorted(set(numbers)) and numbers[0] == 1
    assert max(np.diff(numbers)) <= 8
    assert set(rows[0]) == {"_row", "_split", "text"}


@pytest.mark.parametrize("kind", [RowFile, Table])
def test_a_damaged_and_a_missing_file_are_told(path: Path, kind: type[RowFile]) -> None:
    path.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(DataError, match="d@1 is damaged"):
        kind(path, "d@1").every(1, ["text"], None)
    path.unlink()
    with pytest.raises(DataError, match="d@1 is missing"):
        list(kind(path, "d@1").scan(["text"]))


def test_a_training_reads_its_rows_without_polars_and_pandas(path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom tokenloom.data.rowfile import RowFile\n"
        "file = RowFile(Path(sys.argv[1]), 'd@1')\n"
        "print(len(file.every(2, ['text'], 'train')), len(list(file.scan(['text']))), len(file.spread(4)))\n"
        "print(sorted({'polars', 'pandas', 'pyarrow.compute', 'pyarrow.dataset'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    assert told.split("\n")[:2] == ["17 50 4", "[]"]
