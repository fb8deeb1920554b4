"""How a task ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """``completed``, ``stopped`` by a command, or ``interrupted`` by ``signal``."""

    state: str = "completed"
    reason: str = ""
    signal: int = 0
