"""Logs of the ranks that do not lead: one that keeps nothing, and one for a machine's first rank, which keeps the run's states but none of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tokenloom.tracking.log import LogWriter

KEPT = ("state", "note", "progress", "ledger", "training", "system")


class NoLog(LogWriter):
    """Takes everything and keeps nothing: the leader writes the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0

    def row(self, step: int, values: Mapping[str, float]) -> None:
        return

    def event(self, data: Mapping[str, Any]) -> None:
        return

    def sync(self) -> None:
        return

    def close(self) -> None:
        return


class StatesLog(LogWriter):
    """The log of another machine's own run folder: what happens to the run there, without the metrics, which machine 0 keeps."""

    def row(self, step: int, values: Mapping[str, float]) -> None:
        return

    def event(self, data: Mapping[str, Any]) -> None:
        if data.get("type") in KEPT:
            super().event(data)
