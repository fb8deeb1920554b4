"""Strange addresses and headers: ids that are paths, raw bytes on the line, tokens in the wrong place."""

from __future__ import annotations

import logging
import socket
from urllib.parse import quote, urlsplit

import pytest
from fastapi import FastAPI
from server_kit import TOKEN, Caller, a_run, live_server

from tokenloom.kit.workspace import Workspace
from tokenloom.server import openapi

IDS = (
    "..",
    "../..",
    "../../../../etc/passwd",
    ".tmp-1",
    "A",
    "a" * 65,
    "a" * 5000,
    "a\0b",
    "a\nb",
    "a b",
    "é",
    "🦊",
    "con",
    "-",
    "%2e%2e",
    "%",
    "a;b",
    "\\..\\",
    "0x41",
    "~",
    "\ufeff",
)


def raw(address: str, request: bytes) -> bytes:
    """What a line that speaks bytes gets."""
    target = urlsplit(address)
    with socket.create_connection((target.hostname, target.port), timeout=60) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65536):
            answer += part
            if b"\r\n\r\n" in answer and b'"request_id"' in answer:
                break
        return answer


def test_an_id_is_never_a_path(app: FastAPI, call: Caller, workspace: Workspace) -> None:
    before = sorted(path.name for path in workspace.root.parent.rglob("*"))
    for template, methods in openapi.document(app)["paths"].items():
        if "{" not in template or template == "/api/exports/{id}/files/{name}":
            continue
        for method in methods:
            for each in IDS:
                path = "/".join(quote(each, safe="") if part.startswith("{") else part for part in template.split("/"))
                if path == "/api/runs/../stream":
                    continue  # the caller itself folds “runs/../stream”; that route is another, and it does not end
                answer = call(method, path)
                assert answer.status_code in (400, 403, 404, 405, 412, 415, 422), (
                    method,
                    template,
                    each,
                    answer.status_code,
                    answer.text,
                )
    after = sorted(path.name for path in workspace.root.parent.rglob("*"))
    assert set(after) - set(before) <= {"tokenloom.db", "tokenloom.db-wal", "tokenloom.db-shm", "tokenloom.db.lock"}


def test_a_link_in_the_runs_folder_leads_nowhere(call: Caller, workspace: Workspace, tmp_path: object) -> None:
    run_id = a_run(workspace)
    (workspace.runs / "elsewhere").symlink_to(workspace.root.parent)
    (workspace.run(run_id) / "stdout.log").symlink_to("/etc/passwd")
    assert call("GET", "/api/runs/elsewhere").status_code in (403, 404)
    assert [run["id"] for run in call.get("/api/runs")["items"]] == [run_id]


@pytest.mark.parametrize(
    ("request_line", "headers", "statuses"),
    [
        ("GET /api/runs HTTP/1.1", "Host: evil.example", (421,)),
        ("GET /api/runs HTTP/1.1", "", (400,)),
        ("GET /api/runs HTTP/1.1", "Host: 127.0.0.1\r\nHost: evil.example", (400, 421)),
        ("GET http://evil.example/api/runs HTTP/1.1", "Host: evil.example", (421,)),
        ("GET /api/../api/runs HTTP/1.1", "Host: 127.0.0.1", (401, 404)),
        ("GET //api/runs HTTP/1.1", "Host: 127.0.0.1", (401, 404)),
        ("GET /api%2fruns HTTP/1.1", "Host: 127.0.0.1", (401, 404)),
        ("GET /%00 HTTP/1.1", "Host: 127.0.0.1", (400, 401, 404)),
        ("GET /\xff\xfe HTTP/1.1", "Host: 127.0.0.1", (400, 401, 404)),
        ("POST /api/runs HTTP/1.1", "Host: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", (400, 401)),
        ("POST /api/runs HTTP/1.1", "Host: 127.0.0.1\r\nContent-Length: -1", (400,)),
        ("POST /api/runs HTTP/1.1", "Host: 127.0.0.1\r\nContent-Length: 99999999999999999999", (401, 413)),
        ("TRACE /api/runs HTTP/1.1", "Host: 127.0.0.1", (401,)),
        ("BREW /api/runs HTTP/1.1", "Host: 127.0.0.1", (401,)),
        ("CONNECT 127.0.0.1:80 HTTP/1.1", "Host: 127.0.0.1", (400, 401, 404)),
        ("GET /api/runs HTTP/1.1", f"Host: 127.0.0.1\r\nX: {'a' * 70_000}", (400, 401, 431)),
    ],
)
def test_raw_requests_without_a_session_get_nothing(
    app: FastAPI, request_line: str, headers: str, statuses: tuple[int, ...]
) -> None:
    with live_server(app) as address:
        lines = "\r\n".join(line for line in (request_line, headers, "Connection: close") if line)
        answer = raw(address, f"{lines}\r\n\r\n".encode("latin-1"))
    assert int(answer.split(b" ", 2)[1]) in statuses, answer[:500]
    assert b"Traceback" not in answer


def test_the_token_is_in_no_log_no_answer_and_no_file_but_its_own(
    app: FastAPI, call: Caller, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="tokenloom")
    caplog.set_level(logging.DEBUG, logger="uvicorn")
    app.add_api_route("/api/health/broken", _broken)
    app.state.studio.run_folder = _broken
    answers = [
        Caller(app, None)("GET", f"/?token={TOKEN}"),
        Caller(app, None)("GET", f"/?token={TOKEN}x"),
        call("GET", f"/api/runs?filter={TOKEN[:3]}"),
        call("GET", "/api/runs/abc"),
        call("GET", "/api/docs"),
        call("GET", "/"),
    ]
    assert answers[3].status_code == 500 and "Traceback" not in answers[3].text and "boom" not in answers[3].text
    assert answers[3].headers["content-type"] == "application/problem+json"
    for answer in answers:
        assert TOKEN not in answer.text and TOKEN not in str(answer.headers)
    assert TOKEN not in caplog.text and "boom" in caplog.text
    for path in workspace.root.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes()


def _broken(*_: object) -> None:
    raise RuntimeError("boom")
