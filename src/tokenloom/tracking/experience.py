"""What earlier runs took of memory, beside what was predicted of them: read from their logs, newest first."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking import query

LOOKED_AT = 80  # newest runs


def memory_of_runs(workspace: Workspace, *, version: int) -> list[dict[str, Any]]:
    """The last ``memory`` event of each of the newest runs that have ended, where a formula of this version predicted it."""
    found = []
    for folder in sorted(workspace.runs.glob("[!.]*"), reverse=True)[:LOOKED_AT]:
        event = _of_ended(folder, _written(folder))
        if event is not None and event.get("version") == version:
            found.append(event)
    return found


def _written(folder: Path) -> int:
    """Bytes of the run's logs: what was read once need not be read again until there is more."""
    return sum(path.stat().st_size for path in folder.glob("log.*.bin"))


@lru_cache(maxsize=512)
def _of_ended(folder: Path, written: int) -> dict[str, Any] | None:
    events = query.events(folder, ["memory", "state"])
    if not any(event.get("state") in TERMINAL for event in events):
        return None
    return next((event for event in reversed(events) if event.get("type") == "memory"), None)
