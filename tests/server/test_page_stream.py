"""The one stream of a page: the list of runs as it changes, and the followed run without a gap."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from server_kit import TOKEN, Caller, a_run, is_problem, live_server, sse_frames, write_log

from tokenloom.jobs.runs import record_state
from tokenloom.kit.workspace import Workspace
from tokenloom.server.newsroom import merged

BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with live_server(app) as url:
        yield url


def frames_of(url: str, **headers: str) -> Iterator[dict[str, Any]]:
    with httpx.stream("GET", url, headers=BEARER | headers, timeout=60) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        yield from sse_frames(answer.iter_lines())


def test_the_list_comes_whole_and_then_what_changes(address: str, workspace: Workspace) -> None:
    first = a_run(workspace, name="first")
    frames = frames_of(f"{address}/api/stream")
    whole = next(frames)
    assert whole["event"] == "workspace" and whole["data"]["is_whole"] and "id" not in whole
    assert [(run["id"], run["state"], run["ordinal"]) for run in whole["data"]["runs"]] == [(first, "queued", 0)]
    record_state(workspace.run(first), "running")
    second = a_run(workspace, name="second")
    seen: dict[str, Any] = {}
    for frame in frames:
        assert not frame["data"].get("is_whole")
        seen |= {run["id"]: run for run in frame["data"]["runs"]}
        if {first, second} <= seen.keys() and seen[first]["state"] == "running":
            break
    assert seen[second]["ordinal"] == 1


def test_a_followed_run_begins_now_and_loses_nothing(address: str, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=500)
    frames = frames_of(f"{address}/api/stream?run={run_id}&cursor=now")
    steps: list[int] = []
    for frame in frames:
        if frame["event"] == "here":
            assert frame["id"]
            threading.Timer(
                0.2, write_log, (workspace, run_id), {"rows": 300, "first": 500, "state": "completed"}
            ).start()
        if frame["event"] == "rows":
            steps += [row["step"] for row in frame["data"]["rows"]]
        if frame["event"] == "end":
            break
    assert steps == list(range(500, 800)), "the past is not sent again, and nothing of what follows is missing"


def test_a_broken_line_goes_on_where_it_stopped(address: str, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=900)
    url = f"{address}/api/stream?run={run_id}&cursor="
    first = next(frame for frame in frames_of(url) if frame["event"] == "rows")
    write_log(workspace, run_id, state="completed")
    rest: list[int] = []
    for frame in frames_of(url, **{"last-event-id": first["id"]}):
        if frame["event"] == "rows":
            rest += [row["step"] for row in frame["data"]["rows"]]
        if frame["event"] == "end":
            break
    assert [row["step"] for row in first["data"]["rows"]] + rest == list(range(900))


def test_a_run_that_is_not_there_is_refused(call: Caller) -> None:
    assert is_problem(call("GET", "/api/stream", params={"run": "1aaaaaaaaaaaaaaa"}), 404)
    assert is_problem(call("GET", "/api/stream", headers={"origin": "http://evil.example"}), 403)


def test_sources_are_ended_when_the_reader_leaves() -> None:
    ended = []

    async def source(name: str) -> Any:
        try:
            while True:
                yield name.encode()
                await asyncio.sleep(0.001)
        finally:
            ended.append(name)

    async def read() -> set[bytes]:
        frames = merged(source("a"), source("b"))
        seen: set[bytes] = set()
        async for frame in frames:
            seen.add(frame)
            if len(seen) == 2:
                break
        await frames.aclose()  # type: ignore[attr-defined]
        return seen

    assert asyncio.run(read()) == {b"a", b"b"}
    assert sorted(ended) == ["a", "b"]
