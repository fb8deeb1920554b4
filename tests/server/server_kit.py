"""A caller for an app without a socket, and a live server for what needs one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer.training import train_tokenizer
from tokenloom.jobs.runs import create_run
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.tokenizer import ByteTokenizer
from tokenloom.tracking.log import LogWriter, log_path

TOKEN = "token-of-the-tests"
ORIGIN = "http://127.0.0.1:7860"
_LOOP = asyncio.Runner()
PRETRAIN: dict[str, Any] = {"task": "pretrain", "name": "tiny", "data": {"dataset": "words"}}


class Caller:
    """Sends requests to an app, by default as the person at this machine."""

    def __init__(self, app: FastAPI, token: str | None = TOKEN) -> None:
        self.app = app
        self.token = token
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {key.lower(): value for key, value in options.pop("headers", {}).items()}

        self.client.cookies.clear()
        return _LOOP.run(self.client.request(method, path, headers=headers, **options))

    def get(self, path: str, **options: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


def close_loop() -> None:
    _LOOP.close()


def a_run(workspace: Workspace, **settings: Any) -> str:
    """A queued run that nobody starts."""
    return create_run(workspace, parse_run_spec(PRETRAIN | settings))


def a_dataset(workspace: Workspace, name: str) -> None:
    """A dataset of a few lines of text."""
    path = workspace.root / f"{name}.txt"
    path.write_text("\n\n".join(f"line {number} of {name}" for number in range(20)), encoding="utf-8")
    import_dataset(workspace, name=name, source=FileSource(path=str(path)))


def a_model(workspace: Workspace) -> str:
    """A folder that looks like a model; nobody opens it."""
    folder = workspace.root / "a-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return str(folder)


def a_tokenizer(workspace: Workspace) -> None:
    """What a new model needs beside data."""
    train_tokenizer(workspace, name="bytes", spec=ByteTokenizer(), texts=["a line"])


def write_log(workspace: Workspace, run_id: str, rows: int = 0, *, state: str = "", first: int = 0) -> None:
    """Append rows with ``train/loss`` and, if given, a state."""
    with LogWriter(log_path(workspace.run(run_id))) as log:
        for step in range(first, first + rows):
            log.row(step, {"train/loss": 1.0 / (step + 1)})
        if state:
            log.event({"type": "state", "state": state, "reason": ""})


def is_problem(answer: httpx.Response, status: int, code: str | None = None) -> bool:
    """Whether the answer is problem+json of that status, complete and without a traceback."""
    document = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "hint", "errors", "request_id"} <= document.keys()
    assert document["status"] == status and document["detail"] and document["hint"]
    assert document["request_id"] == answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    assert code is None or document["code"] == code, document
    return True


@contextlib.contextmanager
def live_server(app: FastAPI) -> Iterator[str]:
    """The app behind a real socket on a free loopback port; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        app.state.studio.end_streams()
        server.should_exit = True
        thread.join(10)


def sse_frames(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Server-sent events as ``{event, id, data}``; comments are passed over."""
    frame: dict[str, Any] = {}
    for line in lines:
        if line.startswith(("event: ", "id: ", "data: ")):
            key, _, value = line.partition(": ")
            frame[key] = json.loads(value) if key == "data" else value
        elif not line and "event" in frame:
            yield frame
            frame = {}


def upload_folder(workspace: Workspace, upload_id: str) -> Path:
    return workspace.root / "uploads" / upload_id
