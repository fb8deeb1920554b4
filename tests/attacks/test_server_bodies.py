"""Bodies that want to break the server: too deep, too large, not JSON, not numbers, not text."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest
from server_kit import PRETRAIN, TOKEN, Caller, a_dataset, a_run, a_tokenizer, is_problem

from tokenloom.jobs.runs import read_info
from tokenloom.kit.workspace import Workspace
from tokenloom.server.app import create_app

JSON = {"content-type": "application/json"}
POSTS = (
    "/api/runs",
    "/api/datasets",
    "/api/recipes/resolve",
    "/api/estimate",
    "/api/evaluations",
    "/api/models",
    "/api/generate",
)


def nested(depth: int) -> bytes:
    return b'{"task": "pretrain", "x": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b'{"task": NaN}',
        b'{"seed": Infinity}',
        b'{"task": "pretrain", "seed": 1e999}',
        b'{"task": "pretrain", "seed": ' + b"9" * 400 + b"}",
        b'{"task": "pretrain", "seed": ' + b"9" * 5000 + b"}",
        b'{"task": "pretrain", "seed": 9223372036854775808}',
        b'{"task": ["pretrain"]}',
        b'{"task": {"a": 1}}',
        b'{"task": null, "data": null, "model": null}',
        b'{"task": "pretrain", "data": {"dataset": "\\ud800"}, "model": {"kind": "\\udfff"}}',
        b'{"\\ud800": 1}',
        b'{"task": "\\u0000"}',
        b"\xff\xfe{\x00}\x00",
        b'\xef\xbb\xbf{"task": "pretrain"}',
        b'{"a": "\xff"}',
        nested(63),
        nested(64),
        nested(20_000),
        b"{" * 100_000,
    ],
)
def test_no_body_makes_the_server_fail(call: Caller, path: str, body: bytes) -> None:
    answer = call("POST", path, headers=JSON, content=body)
    if path == "/api/recipes/resolve" and answer.status_code == 200:
        assert answer.json()["valid"] is False
    else:
        assert is_problem(answer, 422)


def test_two_mebibytes_are_refused_by_length_and_by_count(call: Caller) -> None:
    body = b'{"task": "' + b"x" * (2 << 20) + b'"}'
    assert is_problem(call("POST", "/api/runs", headers=JSON, content=body), 413, "too_large")

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * (64 << 10)

    assert is_problem(call("POST", "/api/runs", headers=JSON, content=unannounced()), 413, "too_large")


def test_a_body_just_below_the_limit_is_read_without_delay(call: Caller) -> None:
    body = json.dumps(PRETRAIN | {"name": "x", "filler": "[" * 1_000_000}).encode()
    started = time.monotonic()
    assert is_problem(call("POST", "/api/runs", headers=JSON, content=body), 422)
    print(f"1 MB of JSON checked in {time.monotonic() - started:.2f} s")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/xml",
    ],
)
def test_only_json_is_a_body(call: Caller, content_type: str) -> None:
    answer = call("POST", "/api/runs", headers={"content-type": content_type}, content=json.dumps(PRETRAIN).encode())
    assert is_problem(answer, 415, "media_type")


def test_a_body_that_never_comes_is_given_up(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from tokenloom.server.border.guard import Guard

    app = create_app(workspace, token=TOKEN)
    stack = app.build_middleware_stack()
    app.middleware_stack = stack
    guard = stack
    while not isinstance(guard, Guard):
        guard = guard.app  # type: ignore[attr-defined]
    guard.body_seconds = 0.05

    async def slow() -> AsyncIterator[bytes]:
        import asyncio

        yield b'{"task"'
        await asyncio.sleep(1)
        yield b"}"

    assert is_problem(Caller(app)("POST", "/api/runs", headers=JSON, content=slow()), 408)


def test_text_of_any_kind_is_stored_and_given_back_as_text(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    strange = "<script>alert(1)</script> =1+1 \u202e\x1b[31m 🦊 \ufffd"
    run = call("PATCH", f"/api/runs/{run_id}", json={"name": strange, "notes": strange, "tags": [strange]}).json()
    assert run["name"] == run["notes"] == run["tags"][0] == strange
    lone = call("PATCH", f"/api/runs/{run_id}", headers=JSON, content=b'{"name": "a\\ud800b", "notes": "\\u0000"}')
    assert lone.status_code == 200 and lone.json()["name"] == "a?b"
    a_dataset(workspace, "words")
    a_tokenizer(workspace)
    posted = call("POST", "/api/runs", json=PRETRAIN | {"name": strange}).json()["id"]
    assert read_info(workspace.run(posted))["name"] == strange


def test_a_wrong_value_is_echoed_only_in_part(call: Caller) -> None:
    answer = call("POST", "/api/runs?parent=" + "x" * 5000, json=PRETRAIN)
    assert is_problem(answer, 422) and len(answer.text) < 2500
