"""What is told of a run's time: parts of its steps, traces, and what would make it faster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TimePart:
    """Seconds over the whole run, share of all that is told, and seconds a step (of what stands beside the steps: each time)."""

    name: str
    seconds: float
    share: float
    each: float
    count: int
    beside: bool


@dataclass(frozen=True)
class TraceFile:
    """A trace that was made on demand."""

    name: str
    bytes: int
    first_step: int
    steps: int
    seconds: float
    time: float
    on_device: bool
    operators: list[dict[str, Any]]


@dataclass(frozen=True)
class Suggestion:
    """Set ``field`` to ``value``: ``gain`` of the time is saved, ``seconds`` of what was measured so far. ``because`` are the numbers behind it."""

    kind: str
    field: str
    value: str
    gain: float
    seconds: float
    because: dict[str, float]


@dataclass(frozen=True)
class Profile:
    """``mfu``: useful arithmetic as a share of ``ceiling`` (operations a second in plain products), over all steps; shares lie between 0 and 1."""

    steps: int
    seconds: float
    parts: list[TimePart]
    tokens_per_second: float | None = None
    mfu: float | None = None
    ceiling: float | None = None
    useful_share: float | None = None
    learned_share: float | None = None
    truncated_tokens: int | None = None
    path: str = ""
    path_reason: str = ""
    peak_bytes: int | None = None
    peak_step: int | None = None
    traces: list[TraceFile] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
