"""The log writer: what is acknowledged is there, whatever happens next."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenloom.kit.errors import Conflict, DataError, DiskFull, ResourceError, RunError, SpecError
from tokenloom.tracking import log as log_module
from tokenloom.tracking import records
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.reader import EventRecord, Row, read_log

KEYS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
ROWS = st.tuples(st.integers(-(2**63), 2**63 - 1), st.dictionaries(KEYS, st.floats(width=64), min_size=1, max_size=4))
EVENTS = st.fixed_dictionaries({"type": st.text(max_size=5), "note": st.text(max_size=20), "n": st.integers()})


def same(left: float, right: float) -> bool:
    """Bit for bit, so that NaN, Inf and -0.0 count."""
    return struct.pack("<d", left) == struct.pack("<d", right) or (math.isnan(left) and math.isnan(right))


@settings(max_examples=60, deadline=None)
@given(entries=st.lists(ROWS | EVENTS, max_size=25), reopen_at=st.integers(0, 25))
def test_what_is_logged_is_read_back_in_order(tmp_path_factory, entries, reopen_at):
    path = tmp_path_factory.mktemp("log") / "log.0.bin"
    for part in (entries[:reopen_at], entries[reopen_at:]):
        with LogWriter(path) as writer:
            for entry in part:
                writer.event(entry) if isinstance(entry, dict) else writer.row(*entry)
    found, end = read_log(path)
    assert end == (path.stat().st_size if entries else 0)
    assert len(found) == len(entries)
    for record, entry in zip(found, entries, strict=True):
        if isinstance(entry, dict):
            assert isinstance(record, EventRecord)
            assert {key: record.data[key] for key in entry} == json.loads(json.dumps(entry))
            assert record.time > 0
        else:
            assert isinstance(record, Row)
            assert record.step == entry[0]
            assert list(record.values) == list(entry[1])
            assert all(same(record.values[key], value) for key, value in entry[1].items())


def test_every_number_like_value_is_accepted_and_nan_and_inf_are_data(tmp_path):
    with LogWriter(tmp_path / "log.0.bin") as writer:
        writer.row(np.int64(3), {"a": True, "b": np.float32(0.5), "c": 2**70, "d": math.nan, "e": -math.inf})
    (row,), _ = read_log(tmp_path / "log.0.bin")
    assert row.step == 3
    assert (row.values["a"], row.values["b"], row.values["c"], row.values["e"]) == (1.0, 0.5, float(2**70), -math.inf)
    assert math.isnan(row.values["d"])


@pytest.mark.parametrize("first", [True, False], ids=["first row", "known keys"])
@pytest.mark.parametrize("value", ["0.5", None, [1.0], 1j])
def test_a_value_that_is_no_number_is_named_and_nothing_is_written(tmp_path, value, first):
    with LogWriter(tmp_path / "log.0.bin") as writer:
        if not first:
            writer.row(0, {"loss": 1.0, "note": 1.0})
        with pytest.raises(SpecError, match=f"“note” is a {type(value).__name__}"):
            writer.row(1, {"loss": 1.0, "note": value})
        writer.row(2, {"loss": 2.0})
    assert [row.step for row in read_log(tmp_path / "log.0.bin")[0]] == ([2] if first else [0, 2])


@pytest.mark.parametrize(
    ("step", "values"), [("1", {"a": 1}), (1.5, {"a": 1}), (2**63, {"a": 1}), (1, {}), (1, {"": 1}), (1, {"a\0": 1})]
)
def test_an_impossible_step_or_key_is_refused(tmp_path, step, values):
    with LogWriter(tmp_path / "log.0.bin") as writer, pytest.raises(SpecError):
        writer.row(step, values)


@pytest.mark.parametrize("event", [{"text": "no type"}, {"type": 3}, {"type": "x", "data": {1: object()}}])
def test_an_impossible_event_is_refused(tmp_path, event):
    with LogWriter(tmp_path / "log.0.bin") as writer, pytest.raises(SpecError):
        writer.event(event)


def test_a_torn_tail_is_cut_at_every_position_of_the_last_record(tmp_path):
    path = tmp_path / "log.0.bin"
    with LogWriter(path) as writer:
        writer.row(1, {"a": 1.0, "b": 2.0})
        whole = writer.offset
        writer.event({"type": "note", "text": "last"})
        last = writer.offset
    content = path.read_bytes()
    for cut in range(whole, last):
        path.write_bytes(content[:cut])
        found, end = read_log(path)
        assert (len(found), end) == (1, whole)
        with LogWriter(path) as writer:
            assert writer.cut_bytes == cut - whole
            writer.row(2, {"a": 3.0, "b": 4.0})
        assert [row.step for row in read_log(path)[0]] == [1, 2]


def test_a_flipped_bit_anywhere_in_the_last_record_hides_only_that_record(tmp_path):
    path = tmp_path / "log.0.bin"
    with LogWriter(path) as writer:
        for step in range(20):
            writer.row(step, {"a": 1.0})
        before = writer.offset
        writer.row(20, {"a": 1.0})
    content = bytearray(path.read_bytes())
    for position in range(before, len(content)):
        content[position] ^= 0x10
        path.write_bytes(content)
        assert [row.step for row in read_log(path)[0]] == list(range(20))
        content[position] ^= 0x10


def test_zeros_after_a_power_cut_are_cut(tmp_path):
    path = tmp_path / "log.0.bin"
    with LogWriter(path) as writer:
        writer.row(1, {"a": 1.0})
    with path.open("ab") as file:
        file.write(bytes(5000))
    with LogWriter(path) as writer:
        assert writer.cut_bytes == 5000
    assert len(read_log(path)[0]) == 1


def test_damage_inside_a_log_is_kept_aside_when_the_log_goes_on(tmp_path):
    path = tmp_path / "log.0.bin"
    with LogWriter(path) as writer:
        for step in range(10):
            writer.row(step, {"a": float(step)})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with LogWriter(path) as writer:
        cut = writer.cut_bytes
    assert cut > 0
    (aside,) = tmp_path.glob("*.damaged-at-*")
    assert aside.read_bytes() == content[-cut:]


def test_a_stranger_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "log.0.bin"
    path.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(DataError, match="not a run log"):
        LogWriter(path)
    assert path.read_bytes() == b"PK\x03\x04 something else"
    path.write_bytes(records.MAGIC[:5] + b"\x09\r\n")
    with pytest.raises(DataError, match="another version"):
        read_log(path)


def test_a_second_writer_is_refused_until_the_first_is_gone(tmp_path):
    with LogWriter(tmp_path / "log.0.bin"):
        read_log(tmp_path / "log.0.bin")  # reading must not drop the lock
        with pytest.raises(Conflict):
            LogWriter(tmp_path / "log.0.bin")
    LogWriter(tmp_path / "log.0.bin").close()


def test_a_missing_folder_is_a_clear_error(tmp_path):
    with pytest.raises(ResourceError, match="cannot be written"):
        LogWriter(tmp_path / "gone" / "log.0.bin")


def test_a_closed_log_and_a_forked_child_refuse_to_log(tmp_path):
    writer = LogWriter(tmp_path / "log.0.bin")
    writer.row(0, {"a": 1.0})
    child = os.fork()
    if child == 0:
        try:
            writer.row(1, {"a": 1.0})
        except RunError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    writer.row(2, {"a": 2.0})
    writer.close()
    writer.close()
    with pytest.raises(RunError):
        writer.row(3, {"a": 1.0})
    assert [row.step for row in read_log(tmp_path / "log.0.bin")[0]] == [0, 2]


def test_a_full_disk_at_any_byte_leaves_whole_records_and_the_log_goes_on(tmp_path, monkeypatch):
    path = tmp_path / "log.0.bin"
    room = 0

    def full_after(descriptor: int, data: bytes) -> int:
        nonlocal room
        part = data[:room]
        room -= len(part)
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, part)

    for size in range(0, 120, 3):
        path.unlink(missing_ok=True)
        writer = LogWriter(path)
        writer.row(0, {"a": 0.0, "b": 0.0})
        sound = writer.offset
        room = size
        with monkeypatch.context() as patch:
            patch.setattr(log_module, "_write", full_after)
            with pytest.raises(DiskFull):
                for _ in range(3):
                    writer.row(1, {"a": 1.0, "b": 1.0})
        written = (writer.offset - sound) // (records.OVERHEAD + records.row_length(2))
        writer.row(2, {"c": 2.0})  # space again
        writer.close()
        assert [row.step for row in read_log(path)[0]] == [0] + [1] * written + [2]


def test_on_a_full_disk_the_reserve_lets_the_event_through_that_explains_it(tmp_path):
    """A real full file system where the machine allows one: rows are refused, the state event still fits."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", tmp_path], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small file system")
    try:
        writer = LogWriter(tmp_path / "log.0.bin")
        step = 0
        with pytest.raises(DiskFull) as caught:
            for step in range(100_000):
                writer.row(step, {"a": 1.0, "b": 2.0})
        assert "full" in caught.value.message
        writer.event({"type": "state", "state": "paused", "reason": "the disk is full"})
        found, end = read_log(tmp_path / "log.0.bin")
        assert end == writer.offset
        assert [record.step for record in found[:-1]] == list(range(step))
        assert found[-1].data["state"] == "paused"
        writer.close()
    finally:
        subprocess.run(["umount", tmp_path], check=True)


KILLED = """
import os, sys
from pathlib import Path
from tokenloom.tracking.log import LogWriter
writer = LogWriter(Path(sys.argv[1]))
step = 0
while True:
    writer.row(step, {"a": step, "b": 2 * step})
    os.write(1, b"%d\\n" % step)   # the acknowledgement that the parent sees
    step += 1
"""


@pytest.mark.parametrize("delay", [0.002, 0.01, 0.03, 0.05])
def test_sigkill_loses_no_acknowledged_row(tmp_path, delay):
    path = log_path(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    acknowledged = 1 + sum(1 for line in child.stdout if line.endswith(b"\n"))
    child.wait()
    rows, _ = read_log(path)
    assert [row.step for row in rows] == list(range(len(rows)))
    assert len(rows) in (acknowledged, acknowledged + 1)  # one may be written but not yet announced
    assert all(row.values == {"a": row.step, "b": 2 * row.step} for row in rows)


def test_rows_that_never_repeat_their_keys_do_not_grow_the_writer(tmp_path):
    with LogWriter(tmp_path / "log.0.bin") as writer:
        for step in range(9000):
            writer.row(step, {f"k{step}": 1.0})
        assert len(writer._layouts) <= 4096
    assert len(read_log(tmp_path / "log.0.bin")[0]) == 9000


def test_the_background_sync_runs_only_when_there_is_something_new(tmp_path, monkeypatch):
    calls = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: calls.append(descriptor) or real(descriptor))
    writer = LogWriter(tmp_path / "log.0.bin", sync_seconds=0.02)
    time.sleep(0.1)
    assert calls == []
    writer.row(1, {"a": 1.0})
    writer.row(2, {"a": 1.0})
    deadline = time.monotonic() + 60
    while not calls and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(0.1)
    assert len(calls) == 1
    writer.close()


def test_threads_share_one_writer(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with LogWriter(tmp_path / "log.0.bin") as writer, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda worker: [writer.row(step, {f"w{worker}": step}) for step in range(500)], range(4)))
    rows, _ = read_log(tmp_path / "log.0.bin")
    for worker in range(4):
        assert [row.step for row in rows if f"w{worker}" in row.values] == list(range(500))
