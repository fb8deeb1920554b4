"""The server as a process: one per workspace, its port, its signals, its memory of nothing."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from server_kit import a_run, write_log

from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.server.serve import loopback_address


class Process:
    """A server that was started as a person starts it; its output goes to files."""

    def __init__(self, workspace: Workspace, *arguments: str) -> None:
        self.workspace = workspace
        self.output = workspace.root / "out.txt"
        self.errors = workspace.root / "err.txt"
        self.started = time.monotonic()
        with self.output.open("wb") as output, self.errors.open("wb") as errors:
            command = [
                sys.executable,
                "-m",
                "tokenloom.server",
                "--workspace",
                str(workspace.root),
                "--no-browser",
                *arguments,
            ]
            self.child = subprocess.Popen(command, stdout=output, stderr=errors)

    def ready(self) -> str:
        """The address that it printed, with the token; fails where it ended instead."""
        while time.monotonic() - self.started < 20 and self.child.poll() is None:
            text = self.output.read_text()
            if text.endswith("\n"):
                assert text.count("\n") == 1
                return text.strip()
            time.sleep(0.01)
        raise AssertionError(self.errors.read_text())

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.child.poll() is None:
            self.child.send_signal(number)
        return self.child.wait(15)


@pytest.fixture
def start(workspace: Workspace) -> Iterator[object]:
    processes: list[Process] = []

    def one(*arguments: str) -> Process:
        processes.append(Process(workspace, *(arguments or ("--port", "auto"))))
        return processes[-1]

    yield one
    for process in processes:
        process.end(signal.SIGKILL)


def client_of(address: str) -> httpx.Client:
    base, _, token = address.partition("?token=")
    return httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}, timeout=60)


def test_from_the_command_to_the_first_page_and_a_clean_end(start: object, workspace: Workspace) -> None:
    process = start()  # type: ignore[operator]
    address = process.ready()
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(address)
        print(f"command to first page: {time.monotonic() - process.started:.2f} s")
        assert page.status_code == 200 and "token" not in str(page.url)
        assert browser.get(f"{page.url}api/runs").status_code == 200
    token = address.partition("token=")[2]
    path = workspace.root / "server.token"
    assert path.read_text().strip() == token and path.stat().st_mode & 0o777 == 0o600
    assert process.end() == 143
    said = process.errors.read_text()
    assert token not in said and "Traceback" not in said
    assert token not in (workspace.root / "server.lock").read_text()


def test_a_second_server_is_refused_with_pid_host_and_address(start: object, workspace: Workspace) -> None:
    first = start()  # type: ignore[operator]
    address = first.ready()
    second = start()  # type: ignore[operator]
    assert second.child.wait(15) == 1
    said = second.errors.read_text()
    assert f"pid {first.child.pid}" in said and "host 127.0.0.1" in said and address.partition("?")[0] in said
    assert "token" not in said and "Traceback" not in said


def test_a_killed_servers_lock_is_taken_over_and_everything_is_read_again(start: object, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=100, state="completed")
    first = start()  # type: ignore[operator]
    address = first.ready()
    with client_of(address) as client:
        assert client.get("/api/runs").json()["total"] == 1
    first.end(signal.SIGKILL)
    assert json.loads((workspace.root / "server.lock").read_text())["pid"] == first.child.pid  # the stale one
    second = start()  # type: ignore[operator]
    again = second.ready()
    assert again.partition("token=")[2] == address.partition("token=")[2]
    with client_of(again) as client:
        run = client.get(f"/api/runs/{run_id}").json()
        assert (run["state"], run["step"]) == ("completed", 99)
    assert second.end(signal.SIGINT) == 130


def test_a_taken_port_is_named_and_auto_finds_another(start: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))  # type: ignore[operator]
        assert process.child.wait(15) == 1
        assert f"port {port}" in process.errors.read_text() and "--port auto" in process.errors.read_text()
    address = start("--port", "0").ready()  # type: ignore[operator]
    with client_of(address) as client:
        assert client.get("/api/health").json()["status"] == "ok"


def test_a_server_with_open_streams_stops_at_once(start: object, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, state="running")
    process = start()  # type: ignore[operator]
    with client_of(process.ready()) as client, client.stream("GET", f"/api/runs/{run_id}/stream") as stream:
        lines = stream.iter_lines()
        next(lines)
        begun = time.monotonic()
        assert process.end() == 143
        assert time.monotonic() - begun < 4
        list(lines)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.evil.example", ""])
def test_only_loopback_is_listened_on(host: str) -> None:
    with pytest.raises(SpecError, match="accounts"):
        loopback_address(host)


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.5", "127.0.0.5"), ("::1", "::1"), ("[::1]", "::1")]
)
def test_every_spelling_of_loopback_is_understood(host: str, address: str) -> None:
    assert loopback_address(host) == address


def test_an_unusable_address_port_or_workspace_is_an_error_in_words(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    for arguments, status in (
        (["--host", "0.0.0.0"], 2),
        (["--port", "99999"], 2),
        (["--port", "x"], 2),
        (["--workspace", str(blocked)], 1),
    ):
        where = [] if "--workspace" in arguments else ["--workspace", str(tmp_path / "w")]
        command = [sys.executable, "-m", "tokenloom.server", "--no-browser", *where, *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert ended.returncode == status, ended.stderr
        assert ended.stderr.startswith("error: ") and "→" in ended.stderr and "Traceback" not in ended.stderr


def test_the_server_is_light() -> None:
    probe = """
import sys, time
started = time.perf_counter()
import tokenloom.server.app
print(time.perf_counter() - started, "torch" in sys.modules, "transformers" in sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=120)
    seconds, torch, transformers = ended.stdout.split()
    print(f"import of the server: {float(seconds):.2f} s")
    assert (torch, transformers) == ("False", "False")
