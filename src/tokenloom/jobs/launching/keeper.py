"""Keep a loaded fork server while one has a use for it."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Mapping
from socket import socket

from tokenloom.jobs.launching.forked import connect, start_server
from tokenloom.jobs.launching.launch import worker_environment

START_SECONDS = 60.0  # one that cannot load is not started again and again


class ForkServerKeeper:
    """Keeps a fork server for one's own time: while the studio is open, or while several runs wait for their turn."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """``environment``: the callers' whose workers are meant, where it is not one's own."""
        self._environment = worker_environment(environment)
        self._held: socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._next_start = 0.0

    @property
    def is_held(self) -> bool:
        """Whether a loaded server is there and stays."""
        if self._held is not None and _is_gone(self._held):
            self._held.close()
            self._held = None
        return self._held is not None

    def keep(self) -> bool:
        """See that there is a server, without waiting for it; whether it has loaded by now."""
        if self.is_held:
            return True
        self._held = connect(self._environment)
        has_none = self._held is None and (self._server is None or self._server.poll() is not None)
        if has_none and time.monotonic() >= self._next_start:
            self._server = start_server(self._environment)
            self._next_start = time.monotonic() + START_SECONDS
        return self._held is not None

    def release(self) -> None:
        """Let it go; it ends when nobody else holds it."""
        if self._held is not None:
            self._held.close()
            self._held = None


def _is_gone(connection: socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])  # a held connection is told nothing but its end
