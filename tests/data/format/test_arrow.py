"""Arrow in all its clothes; bombs and damage are refused."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from tokenloom.data.format import Record, read_records, sniff
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import ArrowFormat, ParquetFormat

TABLE = pa.table(
    {"text": ["a", "b", None], "n": [1, 2, 3], "day": [datetime.date(2024, 2, number) for number in (1, 2, 3)]}
)


def _read(path: Path) -> list[Record]:
    return list(read_records(path, path.name, sniff(path, path.name)))


def _stream(path: Path, table: Any) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def _file(path: Path, table: Any) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


@pytest.mark.parametrize(
    "write",
    [
        _stream,
        _file,
        lambda path, table: feather.write_feather(table, path, compression="zstd"),
    ],
    ids=["stream", "file", "feather"],
)
def test_every_kind_of_arrow_is_recognised_by_content_and_read(tmp_path: Path, write: Any) -> None:
    path = tmp_path / "data.csv"
    write(path, TABLE)
    assert isinstance(sniff(path, path.name).format, ArrowFormat)
    assert [record.row for record in _read(path)] == [
        {"text": "a", "n": 1, "day": "2024-02-01"},
        {"text": "b", "n": 2, "day": "2024-02-02"},
        {"text": None, "n": 3, "day": "2024-02-03"},
    ]


@pytest.mark.parametrize("write", [_file, lambda path, table: pq.write_table(table, path)], ids=["arrow", "parquet"])
def test_of_two_columns_of_one_name_both_are_kept_and_it_is_said_once(tmp_path: Path, write: Any) -> None:
    path = tmp_path / "twice"
    texts = [pa.array(["one", "two", "three"]), pa.array(["uno", "dos", "tres"])]
    write(path, pa.Table.from_arrays([*texts, pa.array([1, 2, 3])], names=["text", "text", "n"]))
    notes: list[str] = []
    records = list(read_records(path, "twice.bin", sniff(path, path.name), notes))
    assert records[0].row == {"text": "one", "text_2": "uno", "n": 1}
    assert notes == [
        "twice.bin names the column “text” twice: as number 1 and 2. The latter is kept as “text_2”. Rename one of them in the file."
    ]


def test_a_cut_file_is_damaged_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "data.arrow"
    _file(path, pa.table({"text": ["word " * 50] * 400}))
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DataError, match="damaged Arrow file") as caught:
        _read(path)
    assert caught.value.hint


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.format.columnar.arrow._MIN_LIMIT", 1 << 20)
    monkeypatch.setattr("tokenloom.data.format.columnar.arrow._MAX_RATIO", 1)
    path = tmp_path / "bomb.arrow"
    feather.write_feather(pa.table({"text": ["0" * 1000] * 20_000}), path, compression="zstd")
    assert path.stat().st_size < 200_000
    with pytest.raises(DataError, match="far more than its own size"):
        _read(path)


def test_another_format_than_the_content_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    _file(path, TABLE)
    with pytest.raises(DataError, match="not Parquet"):
        sniff(path, path.name, ParquetFormat())
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="not Arrow"):
        sniff(tmp_path / "t.csv", "t.csv", ArrowFormat())
