"""Sealed chunks: a cache that may vanish or rot at any time, small on disk and quick to read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.series import chunks, columns, segment

ROWS = 20_000


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A log of 20,000 rows of five metrics: float64 noise, float32 noise, a schedule, counters."""
    folder = tmp_path_factory.mktemp("template")
    generator = np.random.default_rng(7)
    noise = generator.normal(0, 0.05, ROWS)
    with LogWriter(log_path(folder)) as writer:
        for step in range(ROWS):
            values = {"loss": 2 + noise[step], "norm": float(np.float32(noise[step])), "lr": 1e-3 * (1 - step / ROWS)}
            writer.row(step, values | {"tokens": step * 512.0, "epoch": float(step // 5000)})
    return log_path(folder).read_bytes()


@pytest.fixture
def run(tmp_path: Path, template: bytes) -> Path:
    log_path(tmp_path).write_bytes(template)
    return tmp_path


def sealed(folder: Path) -> list[Path]:
    """Look until there is nothing left to seal."""
    for _ in range(10):
        columns.run_table(folder)
    return sorted(folder.glob("chunks/0/*.seg"))


def fresh(folder: Path) -> columns.RunTable:
    """The run as a process finds it that has never seen it."""
    columns.forget_table(folder)
    segment.forget_decoded()
    return columns.run_table(folder)


def tail_rows(table: columns.RunTable) -> int:
    return sum(len(group.steps) for group in table._logs["0"].groups.values())


def test_sealed_columns_are_exact_and_small(run):
    before = columns.run_table(run).points("loss")
    files = sealed(run)
    assert tail_rows(fresh(run)) == ROWS % 4096
    after = columns.run_table(run)
    np.testing.assert_array_equal(after.points("loss").values, before.values)
    np.testing.assert_array_equal(after.points("loss").times, before.times)
    np.testing.assert_array_equal(after.points("epoch").values, np.arange(ROWS) // 5000)
    points = 5 * (ROWS - ROWS % 4096)
    assert sum(file.stat().st_size for file in files) / points <= 7.0


def test_a_full_view_reads_summaries_only(run, monkeypatch):
    sealed(run)
    fresh(run)
    asked = []
    monkeypatch.setattr(segment.SealedGroup, "values", lambda self, key: asked.append(key))
    result = query.series({"r": run}, ["r"], ["loss"], stop=16_383, px=100)
    assert asked == []
    assert result.width % 64 == 0
    assert 60 < len(result.curves[0]) <= 101


@pytest.mark.parametrize("damage", ["flip header", "flip blob", "truncate", "empty", "zero", "rename", "delete"])
def test_a_damaged_chunk_is_rebuilt_from_the_log(run, damage):
    expected = columns.run_table(run).points("loss").values.copy()
    path = sealed(run)[0]
    content = bytearray(path.read_bytes())
    if damage == "flip header":
        content[30] ^= 1
    elif damage == "flip blob":
        for position in range(len(content) // 2, len(content), 97):
            content[position] ^= 0xFF
    elif damage == "truncate":
        del content[len(content) // 3 :]
    elif damage == "empty":
        content.clear()
    elif damage == "zero":
        content[:] = bytes(len(content))
    path.write_bytes(content)
    if damage == "rename":
        path.rename(path.with_name(f"{chunks.START}-999999.seg"))
    elif damage == "delete":
        path.unlink()
    fresh(run)
    result = query.series({"r": run}, ["r"], ["loss"], px=16_384, start=0, stop=10_000)
    np.testing.assert_array_equal(result.curves[0].buckets.last, expected[:10_001])
    assert sealed(run)
    np.testing.assert_array_equal(fresh(run).points("loss").values, expected)


def test_chunks_of_another_log_are_not_taken(run, tmp_path_factory):
    sealed(run)
    with LogWriter(log_path(run, "other")) as writer:
        for step in range(9000):
            writer.row(step, {key: 1.0 for key in ("loss", "norm", "lr", "tokens", "epoch")})
    log_path(run, "other").rename(log_path(run))
    assert fresh(run).points("loss").values.tolist() == [1.0] * 9000


def test_a_rewind_after_sealing_takes_rows_back(run):
    sealed(run)
    with LogWriter(log_path(run)) as writer:
        writer.event({"type": "rewind", "step": 1000})
        for step in range(1001, 7000):
            writer.row(step, {"loss": -float(step), "norm": 0.0, "lr": 0.0, "tokens": 0.0, "epoch": 0.0})
    for _ in range(2):
        table = columns.run_table(run)
        points = table.points("loss")
        assert points.steps.tolist() == list(range(7000))
        assert points.values[1001] == -1001.0
        low = query.series({"r": run}, ["r"], ["loss"], px=50).curves[0].buckets.low
        assert low.min() == -6999.0
        sealed(run)
        fresh(run)


def test_a_live_run_is_sealed_piece_by_piece_and_the_pieces_are_joined(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "JOIN_COUNT", 4)
    counts = []
    with LogWriter(log_path(tmp_path)) as writer:
        for step in range(4096 * 9):
            writer.row(step, {"a": float(step)})
            if step % 1024 == 1023:
                table = columns.run_table(tmp_path)
                counts.append(len(table._logs["0"].segments))
                assert tail_rows(table) <= 4096
    assert max(counts) <= 4
    assert fresh(tmp_path).points("a").values.tolist() == [float(step) for step in range(4096 * 9)]


def test_joined_pieces_are_removed_once_no_reader_can_need_them(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "JOIN_COUNT", 2)
    with LogWriter(log_path(tmp_path)) as writer:
        for step in range(8192):
            writer.row(step, {"a": float(step)})
            if step % 4096 == 4095:
                columns.run_table(tmp_path)
    assert len(list(tmp_path.glob("chunks/0/*.seg"))) == 3
    fresh(tmp_path)
    assert len(list(tmp_path.glob("chunks/0/*.seg"))) == 3
    for path in tmp_path.glob("chunks/0/*.seg"):
        os.utime(path, (time.time() - 1000,) * 2)
    fresh(tmp_path)
    assert len(list(tmp_path.glob("chunks/0/*.seg"))) == 1


def test_a_folder_that_cannot_be_written_is_read_all_the_same(run):
    (run / "chunks").write_text("a file where the folder would be")
    assert len(columns.run_table(run).points("loss")) == ROWS
    assert len(columns.run_table(run).points("loss")) == ROWS


def test_two_processes_seal_the_same_run_at_once(run):
    text = (
        "import sys; from pathlib import Path; from tokenloom.tracking.series import columns\n"
        "for _ in range(6): table = columns.run_table(Path(sys.argv[1]))\n"
        "print(float(table.points('loss').values.sum()))"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", text, str(run)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    answers = {child.communicate()[0] for child in children}
    assert answers == {f"{float(fresh(run).points('loss').values.sum())}\n"}


def test_a_long_curve_is_answered_quickly_from_summaries(run):
    sealed(run)
    query.series({"r": run}, ["r"], ["loss"], px=100)
    began = time.process_time()
    for _ in range(10):
        query.series({"r": run}, ["r"], ["loss"], px=100)
    assert (time.process_time() - began) / 10 < 0.02  # under 1 ms on a quiet machine
