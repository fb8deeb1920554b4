"""A worker that the fork server starts, and the connection over which its end is heard."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tokenloom.kit.forkserver import MESSAGE_BYTES, address_for
from tokenloom.tracking.lease import start_ticks

ANSWER_SECONDS = 5.0
LAST_WORD_SECONDS = 2.0  # from a worker's end to the server's word of it
LOAD_SECONDS = 30.0  # from its start; one that takes longer is not waited for


class ForkedWorker:
    """What `subprocess.Popen` is to a process of one's own: its id, its exit status as soon as there is one."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection: socket.socket | None = connection
        self._started = start_ticks(pid)

    def poll(self) -> int | None:
        """The exit status; ``None`` while it lives, or where it died together with its server."""
        if self.returncode is None and self._connection is not None:
            is_over = self._started is None or start_ticks(self.pid) != self._started
            self._listen(LAST_WORD_SECONDS if is_over else 0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises `subprocess.TimeoutExpired`, and `ChildProcessError` where its status is lost."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if self._connection is None and start_ticks(self.pid) != self._started:
                raise ChildProcessError(f"worker {self.pid} ended, and the fork server with it")
            left = 1.0 if until is None else until - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired("tokenloom.worker", float(timeout or 0))
            self._listen(min(left, 1.0))
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Only to the very process that was started."""
        if self.poll() is None and start_ticks(self.pid) == self._started:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _listen(self, seconds: float) -> None:
        if self._connection is None:
            time.sleep(min(seconds, 0.05))
            return
        told = _hear(self._connection, seconds)
        if told is None:
            return
        self.returncode = told.get("status")
        self._connection.close()
        self._connection = None


def fork_worker(arguments: list[str], environment: Mapping[str, str], output: int) -> ForkedWorker | None:
    """A worker from the fork server of this environment; ``None`` where none answers. ``output``: the file for what it prints."""
    connection = connect(environment)
    if connection is None:
        return None
    order = {"arguments": arguments, "environment": dict(environment), "folder": str(Path.cwd())}
    try:
        socket.send_fds(connection, [json.dumps(order).encode()], [output])
    except OSError:
        connection.close()
        return None
    told = _hear(connection, ANSWER_SECONDS)
    if not told or "pid" not in told:
        connection.close()
        return None
    return ForkedWorker(connection, int(told["pid"]))


def connect(environment: Mapping[str, str]) -> socket.socket | None:
    """A connection to a server that has loaded; it lives at least as long as this stays open."""
    address = address_for(environment)
    if address is None:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(str(address))
    except OSError:
        connection.close()
        return None
    return connection


def is_loading(environment: Mapping[str, str]) -> bool:
    """Whether a server is on its way: it loads no slower than a worker would by itself, and the two would hold each other up."""
    address = address_for(environment)
    if address is None or address.exists():
        return False
    try:
        with address.with_suffix(".lock").open() as lock:
            if time.time() - os.fstat(lock.fileno()).st_mtime > LOAD_SECONDS:
                return False
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def start_server(environment: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
    """Start a fork server for this environment; it loads for a few seconds. One too many ends by itself."""
    address = address_for(environment)
    if address is None:
        return None
    with address.with_suffix(".log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tokenloom.worker.forkserver", str(address)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=dict(environment),
        )


def _hear(connection: socket.socket, seconds: float) -> dict[str, Any] | None:
    """The next message within ``seconds``; ``None`` for none, ``{}`` where the server is gone."""
    try:
        if not select.select([connection], [], [], max(seconds, 0.0))[0]:
            return None
        message = connection.recv(MESSAGE_BYTES)
        return dict(json.loads(message)) if message else {}
    except (OSError, ValueError):
        return {}
