"""The page servers that benchmarks/studio.py starts: each from its command to its first answer, and until its data are there."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 120


@dataclass
class Server:
    """A running server, and how long it took. ``entrance`` brings a session where one is needed."""

    url: str
    entrance: str | None
    first_answer_s: float
    ready_s: float


@contextlib.contextmanager
def serving(tracker: str, python: Path, folder: Path) -> Iterator[Server]:
    """The tracker's server on ``folder``; it ends with the block, and its children with it."""
    port = _free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        _command(tracker, python, folder, port),
        env=os.environ | {"TRACKIO_DIR": str(folder), "GRADIO_SERVER_PORT": str(port), "BROWSER": "true"},
        stdout=subprocess.PIPE if tracker == "tokenloom" else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        entrance = _entrance(process) if tracker == "tokenloom" else None
        origin = entrance.split("?")[0] if entrance else f"http://127.0.0.1:{port}/"
        _wait(origin + ("api/health" if entrance else ""))
        first = time.perf_counter() - began
        if tracker == "tensorboard":
            _wait(f"{origin}data/runs", lambda body: len(body) > 4)
        yield Server(origin, entrance, first, time.perf_counter() - began)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def page_address(tracker: str, server: Server, run_ids: list[str]) -> str:
    """Where the tracker shows the curves: of one run, or of several side by side."""
    if tracker == "tensorboard":
        return f"{server.url}#timeseries"
    if tracker == "trackio":
        return f"{server.url}?project=bench"
    return server.url + (f"runs/{run_ids[0]}" if len(run_ids) == 1 else f"compare?runs={','.join(run_ids)}")


def _command(tracker: str, python: Path, folder: Path, port: int) -> list[str]:
    programs = python.parent
    if tracker == "tensorboard":
        return [str(programs / "tensorboard"), "--logdir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    if tracker == "trackio":
        return [str(programs / "trackio"), "show", "--project", "bench", "--host", "127.0.0.1"]
    command = str(Path(sys.executable).with_name("tokenloom"))
    return [command, "--workspace", str(folder), "studio", "--no-browser", "--port", str(port)]


def _entrance(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip().split(" ")[-1]


def _wait(url: str, is_good: object = None) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            body = urllib.request.urlopen(url, timeout=5).read()
            if not callable(is_good) or is_good(body):
                return
        time.sleep(0.01)
    raise SystemExit(f"{url} did not answer in {START_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
