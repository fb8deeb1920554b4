"""Runs of the Python client whose process died without a word: they must not stay "running" for ever."""

from __future__ import annotations

import socket
from pathlib import Path

from tokenloom.jobs.runs import last_state, read_info, record_state
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.lease import start_ticks


def settle_orphans(workspace: Workspace) -> list[str]:
    """Record ``failed`` for each client run of this machine whose process is gone; their ids."""
    settled = []
    for folder in sorted(workspace.runs.iterdir()):
        if not folder.name.startswith(".") and is_orphan(folder):
            record_state(folder, "failed", "its process ended without finishing the run")
            settled.append(folder.name)
    return settled


def is_orphan(folder: Path) -> bool:
    """Whether a client made this run on this machine and is gone while the run is still open."""
    info = read_info(folder)
    process = info.get("process") or {}
    pid = process.get("pid")
    if info.get("source") != "client" or not isinstance(pid, int) or process.get("host") != socket.gethostname():
        return False
    return start_ticks(pid) is None and last_state(folder)["state"] not in TERMINAL
