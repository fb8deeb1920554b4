"""Runs whose process died without a word: they must not stay "running" for ever."""

from __future__ import annotations

import socket
from pathlib import Path

from tokenloom.jobs.runs import last_state, read_info, record_state
from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.lease import read_lease, start_ticks


def settle_orphans(workspace: Workspace) -> list[str]:
    """Record ``failed`` for each client run of this machine whose process is gone; their ids."""
    settled = []
    for folder in sorted(workspace.runs.iterdir()):
        if not folder.name.startswith(".") and is_orphan(folder):
            record_state(folder, "failed", "its process ended without finishing the run")
            settled.append(folder.name)
    return settled


def recover_lost(workspace: Workspace) -> list[str]:
    """Start a supervisor where a worker of this machine is gone and none has seen it, as after a power cut; the ids of those runs, which it starts again."""
    lost = [
        folder.name
        for folder in sorted(workspace.runs.glob("[!.]*"))
        if (lease := read_lease(folder)) is not None
        and lease.host == socket.gethostname()
        and not lease.is_alive
        and last_state(folder)["state"] not in (*TERMINAL, "interrupted")
    ]
    if lost:
        ensure_supervisor(workspace)
    return lost


def is_orphan(folder: Path) -> bool:
    """Whether a client made this run on this machine and is gone while the run is still open."""
    info = read_info(folder)
    process = info.get("process") or {}
    pid = process.get("pid")
    if info.get("source") != "client" or not isinstance(pid, int) or process.get("host") != socket.gethostname():
        return False
    return start_ticks(pid) is None and last_state(folder)["state"] not in TERMINAL
