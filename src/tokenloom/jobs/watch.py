"""Following a run: every record as it comes, until it has come to rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.lease import read_lease
from tokenloom.tracking.reader import EventRecord, Row, RunReader

POLL_SECONDS = 0.05
SUPERVISE_SECONDS = 2.0
AT_REST = TERMINAL | {"interrupted"}


def follow_run(workspace: Workspace, run_id: str, cursor: str = "") -> Iterator[Row | EventRecord | None]:
    """Yield the run's records from ``cursor`` on; ``None`` where nothing is new yet. Ends when the run is at rest.

    Keeps a supervisor alive meanwhile, so that a run goes on even if the supervisor was killed.
    """
    folder = workspace.run(run_id)
    reader = RunReader(folder)
    state, looked = "", time.monotonic()
    while True:
        records, cursor = reader.read(cursor)
        for record in records:
            if isinstance(record, EventRecord) and record.data.get("type") == "state":
                state = str(record.data.get("state"))
            yield record
        if not records:
            if state in AT_REST and not _has_worker(folder):
                return
            yield None
            time.sleep(POLL_SECONDS)
        if time.monotonic() - looked > SUPERVISE_SECONDS:
            ensure_supervisor(workspace)
            looked = time.monotonic()


def wait_for(workspace: Workspace, run_id: str) -> str:
    """Block until the run is at rest; its state."""
    state = ""
    for record in follow_run(workspace, run_id):
        if isinstance(record, EventRecord) and record.data.get("type") == "state":
            state = str(record.data["state"])
    return state


def _has_worker(folder: Path) -> bool:
    lease = read_lease(folder)
    return lease is not None and lease.is_alive
