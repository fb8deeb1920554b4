"""A real server on a workspace, for the scripts that show or test what stands before one."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

END_SECONDS = 20


@dataclass(frozen=True)
class Address:
    """Where a server answers, and the token that opens it."""

    url: str
    token: str

    @property
    def entrance(self) -> str:
        """For a browser's first visit."""
        return f"{self.url}/?token={self.token}"


@contextlib.contextmanager
def live_server(workspace: Path) -> Iterator[Address]:
    """A server on ``workspace`` at the next free port; it has ended when the block is left."""
    command = [sys.executable, "-m", "tokenloom.server", "--workspace", str(workspace), "--port", "auto"]
    server = subprocess.Popen([*command, "--no-browser"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.fullmatch(r"(http://\S+)/\?token=(\S+)", line.strip())
        if found is None:
            raise SystemExit(f"The server did not say where it is: {line!r}")
        yield Address(found[1], found[2])
    finally:
        server.terminate()
        try:
            server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
