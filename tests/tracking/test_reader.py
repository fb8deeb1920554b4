"""Reading while others write: nothing twice, nothing missed, from any cursor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenloom.kit.errors import SpecError
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.reader import EventRecord, Row, RunReader, format_cursor, parse_cursor, read_log, run_logs


def drain(reader: RunReader, cursor: str = "", *, limit: int = 7) -> tuple[list[Row | EventRecord], str]:
    found: list[Row | EventRecord] = []
    while True:
        records, cursor = reader.read(cursor, limit=limit)
        if not records:
            return found, cursor
        found += records


def test_cursor_text_is_parsed_and_formatted():
    assert parse_cursor("0:1234,jobs:88") == {"0": 1234, "jobs": 88}
    assert format_cursor({"0": 1234, "jobs": 88}) == format_cursor({"jobs": 88, "0": 1234}) == "0:1234,jobs:88"
    assert parse_cursor("") == {}


@pytest.mark.parametrize("text", ["x", "0:", "0:-1", "0:1,", "0:1,0:2", "0:1 ", "../etc:1", "0:" + "9" * 30, "0：1"])
def test_a_wrong_cursor_is_refused(text):
    with pytest.raises(SpecError, match="not a cursor"):
        parse_cursor(text)


def test_a_cursor_beyond_the_end_has_nothing_to_read(tmp_path):
    with LogWriter(log_path(tmp_path)) as writer:
        writer.row(1, {"a": 1.0})
    assert RunReader(tmp_path).read("0:999999") == ([], "0:999999")


def test_a_run_without_logs_is_empty(tmp_path):
    assert RunReader(tmp_path).read() == ([], "")
    assert not RunReader(tmp_path).has_news()
    assert read_log(tmp_path / "log.0.bin") == ([], 0)


def test_logs_are_found_by_rank_and_strangers_are_not(tmp_path):
    for name in (
        "log.10.bin",
        "log.2.bin",
        "log.jobs.bin",
        "log.0.bin",
        "log.bin",
        "log.0.bin.damaged-at-9",
        "xlog.1.bin",
    ):
        (tmp_path / name).touch()
    assert list(run_logs(tmp_path)) == ["0", "2", "10", "jobs"]


def test_logs_of_several_processes_are_merged_by_time_and_resumed_from_any_record(tmp_path):
    with LogWriter(log_path(tmp_path)) as trainer, LogWriter(log_path(tmp_path, "jobs")) as jobs:
        for step in range(30):
            trainer.row(step, {"loss": step / 2})
            if step % 7 == 0:
                jobs.event({"type": "note", "n": step})
    everything, _ = drain(RunReader(tmp_path))
    assert [r.data["n"] for r in everything if isinstance(r, EventRecord)] == [0, 7, 14, 21, 28]
    assert [r.step for r in everything if isinstance(r, Row)] == list(range(30))
    assert [r.time for r in everything] == sorted(r.time for r in everything)
    for position in range(0, len(everything), 5):
        rest, _ = drain(RunReader(tmp_path), everything[position].cursor, limit=3)
        assert rest == everything[position + 1 :]


def test_the_live_stream_passes_a_rewind_through(tmp_path):
    with LogWriter(log_path(tmp_path)) as writer:
        for step in (1, 2, 3):
            writer.row(step, {"loss": 1.0})
        writer.event({"type": "rewind", "step": 1})
        writer.row(2, {"loss": 2.0})
    found, _ = drain(RunReader(tmp_path))
    assert [r.step if isinstance(r, Row) else r.data["type"] for r in found] == [1, 2, 3, "rewind", 2]


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 50), st.booleans()), min_size=1, max_size=8))
def test_tailing_between_writes_neither_doubles_nor_skips(tmp_path_factory, batches):
    folder = tmp_path_factory.mktemp("run")
    seen: list[int] = []
    cursor = ""
    step = 0
    with LogWriter(log_path(folder)) as writer:
        for count, limit, other_keys in batches:
            for _ in range(count):
                writer.row(step, {"a": step, "b": 1.0} if other_keys and step % 3 else {"a": step})
                step += 1
            records, cursor = RunReader(folder).read(cursor, limit=limit)
            seen += [record.step for record in records]
    rest, _ = drain(RunReader(folder), cursor)
    assert seen + [record.step for record in rest] == list(range(step))


WRITER = """
import sys
from pathlib import Path
from tokenloom.tracking.log import LogWriter, log_path
with LogWriter(log_path(Path(sys.argv[1]), sys.argv[2])) as writer:
    for step in range(int(sys.argv[3])):
        writer.row(step, {"a": step, f"rank{sys.argv[2]}": step} if step % 5 else {"sometimes": step})
"""


def test_eight_writers_and_a_reader_that_tails_lose_nothing(tmp_path):
    count = 3000
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(rank), str(count)]) for rank in range(8)
    ]
    reader, cursor = RunReader(tmp_path), ""
    steps: dict[str, list[int]] = {str(rank): [] for rank in range(8)}

    def take() -> int:
        nonlocal cursor
        before = parse_cursor(cursor)
        records, cursor = reader.read(cursor, limit=2000)
        for record in records:
            after = parse_cursor(record.cursor)
            (rank,) = [rank for rank in after if after[rank] != before.get(rank, 0)]
            steps[rank].append(record.step)
            before = after
        return len(records)

    while any(child.poll() is None for child in children):
        take()
    while take():
        pass
    assert [child.returncode for child in children] == [0] * 8
    assert all(found == list(range(count)) for found in steps.values())


def test_an_event_larger_than_a_read_is_read(tmp_path):
    with LogWriter(log_path(tmp_path)) as writer:
        writer.row(1, {"a": 1.0})
        writer.event({"type": "sample", "text": "x" * (9 << 20)})
        writer.row(2, {"a": 1.0})
    found, _ = read_log(log_path(tmp_path))
    assert [type(r).__name__ for r in found] == ["Row", "EventRecord", "Row"]
    assert len(found[1].data["text"]) == 9 << 20


def test_a_million_rows_are_decoded_in_well_under_a_second(tmp_path):
    import time

    from tokenloom.tracking.decode import RowBlock, scan

    with LogWriter(log_path(tmp_path)) as writer:
        values = {"a": 1.0, "b": 2.0}
        for step in range(200_000):
            writer.row(step, values)
    began = time.process_time()
    count = sum(len(block.steps) for block in scan(log_path(tmp_path)) if isinstance(block, RowBlock))
    assert count == 200_000
    assert time.process_time() - began < 0.3  # 8 ms on a quiet machine


def test_a_hostile_log_ends_instead_of_misleading(tmp_path):
    """Sound checksums around nonsense: a row that points nowhere, a row of odd size, JSON that is no object."""
    from tokenloom.tracking import records

    path = log_path(tmp_path)
    lost = records.record(records.ROW, records.ROW_FIXED.pack(1, 2.0, 12345) + bytes(8))
    odd = records.record(records.ROW, bytes(27))
    text = records.record(records.EVENT, b"[1]")
    unknown = records.record(77, b"from a later version")
    path.write_bytes(records.MAGIC + text + unknown + text)
    assert [r.data["type"] for r in read_log(path)[0]] == ["unreadable", "unreadable"]
    for bad in (lost, odd):
        path.write_bytes(records.MAGIC + text + bad + text)
        assert len(read_log(path)[0]) == 1
    assert Path(path).exists()
