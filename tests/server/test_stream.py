"""The live stream: nothing skipped, nothing repeated, whoever breaks off when."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from server_kit import TOKEN, Caller, a_run, is_problem, live_server, sse_frames, write_log

from tokenloom.kit.workspace import Workspace
from tokenloom.server import feed
from tokenloom.tracking.log import LogWriter, log_path

BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with live_server(app) as url:
        yield url


def read_stream(
    address: str, run_id: str, cursor: str = "", *, most: int | None = None
) -> tuple[list[dict[str, Any]], str]:
    """Frames of one connection until its end or until ``most`` frames, and the last id."""
    headers = BEARER | ({"last-event-id": cursor} if cursor else {})
    found: list[dict[str, Any]] = []
    with httpx.stream("GET", f"{address}/api/runs/{run_id}/stream", headers=headers, timeout=60) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        for frame in sse_frames(answer.iter_lines()):
            found.append(frame)
            if len(found) == most:
                break
    return found, found[-1]["id"] if found else cursor


def steps_of(frames: list[dict[str, Any]]) -> list[int]:
    return [row["step"] for frame in frames if frame["event"] == "rows" for row in frame["data"]["rows"]]


def test_a_finished_run_streams_whole_and_ends(address: str, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=1234, state="completed")
    frames, cursor = read_stream(address, run_id)
    assert steps_of(frames) == list(range(1234))
    assert [frame["data"]["state"] for frame in frames if frame["event"] == "event"] == ["queued", "completed"]
    assert frames[-1]["event"] == "end" and frames[-1]["data"]["state"] == "completed"
    again, _ = read_stream(address, run_id, cursor)
    assert [frame["event"] for frame in again] == ["end"]


def test_resuming_while_a_writer_appends_neither_skips_nor_repeats(address: str, workspace: Workspace) -> None:
    run_id, total = a_run(workspace), 4000
    choose = random.Random(7)

    def write() -> None:
        with LogWriter(log_path(workspace.run(run_id))) as log:
            for step in range(total):
                log.row(step, {"train/loss": step} if step % 3 else {"train/loss": step, "extra": 1.0})
                if step % 100 == 0:
                    log.event({"type": "note", "message": str(step)})
                    time.sleep(0.01)
            log.event({"type": "state", "state": "completed"})

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[dict[str, Any]] = []
    cursor, connections = "", 0
    while not seen or seen[-1]["event"] != "end":
        frames, cursor = read_stream(address, run_id, cursor, most=choose.randint(1, 12))
        seen += frames
        connections += 1
        assert connections < 2000
    writer.join()
    assert connections > 5
    assert steps_of(seen) == list(range(total))
    notes = [
        frame["data"]["message"] for frame in seen if frame["event"] == "event" and frame["data"]["type"] == "note"
    ]
    assert notes == [str(step) for step in range(0, total, 100)]


def test_many_readers_of_one_run_all_see_everything(address: str, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    results: list[list[int]] = []
    readers = [
        threading.Thread(target=lambda: results.append(steps_of(read_stream(address, run_id)[0]))) for _ in range(20)
    ]
    for reader in readers:
        reader.start()
    with LogWriter(log_path(workspace.run(run_id))) as log:
        for step in range(500):
            log.row(step, {"a": 1.0})
            if step % 50 == 0:
                time.sleep(0.02)
        log.event({"type": "state", "state": "completed"})
    for reader in readers:
        reader.join(60)
    assert results == [list(range(500))] * 20


def test_news_reach_a_reader_quickly(address: str, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    arrived: list[float] = []

    def read() -> None:
        with httpx.stream("GET", f"{address}/api/runs/{run_id}/stream", headers=BEARER, timeout=60) as answer:
            for frame in sse_frames(answer.iter_lines()):
                if frame["event"] == "rows":
                    arrived.append(time.time() - frame["data"]["rows"][-1]["time"])
                if frame["event"] == "end":
                    return

    reader = threading.Thread(target=read)
    reader.start()
    with LogWriter(log_path(workspace.run(run_id))) as log:
        for step in range(15):
            time.sleep(0.1)
            log.row(step, {"a": 1.0})
        log.event({"type": "state", "state": "completed"})
    reader.join(60)
    delays = sorted(arrived)
    print(f"log to reader: median {delays[len(delays) // 2] * 1e3:.0f} ms, worst {delays[-1] * 1e3:.0f} ms")
    assert delays[len(delays) // 2] < 1.0


def test_a_silent_run_beats(address: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.05)
    run_id = a_run(workspace)
    with httpx.stream("GET", f"{address}/api/runs/{run_id}/stream", headers=BEARER, timeout=60) as answer:
        lines = answer.iter_lines()
        assert any(line == ": still here" for line in lines)


def test_a_stopping_server_lets_streams_go(app: FastAPI, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    with live_server(app) as address:
        reader = threading.Thread(target=read_stream, args=(address, run_id))
        reader.start()
        time.sleep(0.3)
        started = time.monotonic()
    assert time.monotonic() - started < 3
    reader.join(30)
    assert not reader.is_alive()


def test_nobody_polls_when_nobody_reads(app: FastAPI, address: str, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    read_stream(address, run_id, most=1)
    follower = app.state.studio.feed(run_id)
    for _ in range(1200):
        if follower.readers == 0 and follower._watcher is None:
            break
        time.sleep(0.05)
    assert follower.readers == 0 and follower._watcher is None


@pytest.mark.parametrize("cursor", ["nonsense", "0:-1", "0:1,0:2", "0:99999999999999999999", "../0:1"])
def test_a_cursor_that_is_none_is_refused_before_the_stream(call: Caller, workspace: Workspace, cursor: str) -> None:
    run_id = a_run(workspace)
    assert is_problem(call("GET", f"/api/runs/{run_id}/stream", params={"cursor": cursor}), 422)
    assert is_problem(call("GET", f"/api/runs/{run_id}/stream", headers={"last-event-id": cursor}), 422)


def test_a_stream_of_a_run_that_is_not_there_is_404(call: Caller) -> None:
    assert is_problem(call("GET", "/api/runs/nothere/stream"), 404, "not_found")
