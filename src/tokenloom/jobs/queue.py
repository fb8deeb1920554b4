"""The queue: one small file per waiting run in ``WORKSPACE/queue``, in the order of their names.

Files rather than rows, so that a submitter needs no database, a crash loses nothing and the order is plain to see.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.workspace import Workspace


@dataclass(frozen=True)
class Waiting:
    """A run that waits; it may start at ``not_before`` (unix seconds)."""

    file: Path
    run_id: str
    not_before: float = 0.0
    attempts: int = 0

    @property
    def since(self) -> float:
        """When it was put here, in unix seconds."""
        return int(self.file.name.partition("-")[0]) / 1e9


def queue_folder(workspace: Workspace) -> Path:
    return workspace.root / "queue"


def enqueue(workspace: Workspace, run_id: str, *, after_seconds: float = 0.0, attempts: int = 0) -> None:
    """Put a run at the end of the queue."""
    entry = {"run": run_id, "not_before": time.time() + after_seconds if after_seconds else 0.0, "attempts": attempts}
    atomic_write(queue_folder(workspace) / f"{time.time_ns():020d}-{run_id}.json", json.dumps(entry))


def waiting(workspace: Workspace) -> list[Waiting]:
    """Everything that waits, first come first."""
    found = []
    for file in sorted(queue_folder(workspace).glob("[0-9]*-*.json")):
        try:
            entry = json.loads(file.read_text())
            found.append(Waiting(file, entry["run"], entry["not_before"], entry["attempts"]))
        except (OSError, ValueError, KeyError):  # taken by another, or torn: the reconciliation puts it back
            continue
    return found


def dequeue(workspace: Workspace, run_id: str) -> bool:
    """Take a run out of the queue; whether it was there."""
    files = list(queue_folder(workspace).glob(f"*-{run_id}.json"))
    for file in files:
        file.unlink(missing_ok=True)
    return bool(files)
