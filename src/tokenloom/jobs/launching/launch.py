"""Start the worker of a run."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from socket import socket

from tokenloom.jobs.launching.forked import ForkedWorker, connect, fork_worker, is_loading, start_server
from tokenloom.kit.workspace import Workspace

Worker = subprocess.Popen[bytes] | ForkedWorker
# OpenMP's threads spin while they wait for each other. Where another program wants a core, the default (about 300,000 turns) made
# training 3 to 15 times slower; with few turns it is not, and an idle machine loses about 5 %.
WORKER_ENVIRONMENT = {"GOMP_SPINCOUNT": "5000"}

START_SECONDS = 60.0  # one that cannot load is not started again and again


def worker_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a worker: the caller's, and what it sets where the caller did not."""
    return {
        **WORKER_ENVIRONMENT,
        **(os.environ if base is None else base),
        "PYTHONUNBUFFERED": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def models_are_loading() -> bool:
    """Whether a fork server will be there in a moment."""
    return is_loading(worker_environment())


def launch_worker(workspace: Workspace, folder: Path) -> Worker:
    """A worker as its own process group, its output in a file, free of whoever started it."""
    arguments, environment = [str(workspace.root), folder.name], worker_environment()
    with (folder / "stdout.log").open("ab") as output:
        return fork_worker(arguments, environment, output.fileno()) or subprocess.Popen(
            [sys.executable, "-m", "tokenloom.worker", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=environment,
        )


class Warmth:
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
