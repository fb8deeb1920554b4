"""Parquet from strangers."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tokenloom.data.format.columnar.parquet import read_parquet
from tokenloom.kit.errors import DataError


def test_nested_rows_times_and_decimals_come_as_json_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    row = {
        "messages": [{"role": "user", "content": "hé"}],
        "day": datetime.date(2024, 2, 29),
        "price": decimal.Decimal("1.50"),
        "raw": b"text",
        "none": None,
        "flag": True,
    }
    pq.write_table(pa.Table.from_pylist([row] * 3), path)
    records = list(read_parquet(path, "t"))
    assert [record.number for record in records] == [1, 2, 3]
    assert records[0].row == {**row, "day": "2024-02-29", "price": "1.50", "raw": "text"}


def test_bytes_that_are_no_text_set_only_their_row_aside(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"raw": pa.array([b"ok", b"\xff\xfe"])}), path)
    records = list(read_parquet(path, "t"))
    assert records[0].row == {"raw": "ok"} and "not text" in records[1].reason


@pytest.mark.parametrize("keep", [4, 100, -20])
def test_a_damaged_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["hello"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"^t is a damaged Parquet file"):
        list(read_parquet(path, "t"))


def test_a_bomb_is_stopped_long_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.parquet"
    big = "x" * 1_000_000
    array = pa.DictionaryArray.from_arrays(pa.array([0] * 3000, pa.int32()), pa.array([big]))
    pq.write_table(pa.table({"text": array}), path)
    assert path.stat().st_size < 200_000  # it would be 3 GB of text
    monkeypatch.setattr("tokenloom.data.format.columnar.parquet._MIN_LIMIT", 600_000_000)
    monkeypatch.setattr("tokenloom.data.format.columnar.parquet._FIRST_BATCH", 32)
    with pytest.raises(DataError, match="far more than its own size"):
        for _ in read_parquet(path, "bomb.parquet"):
            pass
