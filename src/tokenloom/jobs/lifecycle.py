"""The life of a run as a pure function: ``follow(view, happening) → view, actions``. No clock, no files, no processes.

queued ─launched→ starting ─reported→ running ⇄ paused
   ↑                  │                  │
   └── crashed ───────┴──────────────────┤            completed · failed · stopped are final
                                         ├─reported→ completed | failed | stopped
                                         └─exited after a signal→ interrupted ─resume→ queued
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tokenloom.spec.event import TERMINAL

MAX_ATTEMPTS = 3
GIVEN_UP = (
    "A system that runs out of memory ends processes so: take a smaller model, shorter rows or a smaller micro-batch (`tokenloom estimate` tells what a recipe "
    "needs), or end other programs. Otherwise the run's console says what it wrote last (`tokenloom runs logs`)."
)
BACKOFF_SECONDS = (0.5, 2.0, 8.0)


@dataclass(frozen=True)
class View:
    """What the supervisor knows of a run. ``progress`` is its newest checkpoint's step, −1 before the first."""

    state: str = "queued"
    attempts: int = 0
    progress: int = -1
    is_stopping: bool = False


@dataclass(frozen=True)
class Launched:
    """A worker process was started."""


@dataclass(frozen=True)
class Reported:
    """The worker wrote this state."""

    state: str


@dataclass(frozen=True)
class Exited:
    """The worker process is gone; ``why`` in words; ``progress`` is the newest checkpoint's step now.

    ``was_asked``: a SIGTERM or SIGINT ended it before it could say so itself.
    """

    why: str
    progress: int
    was_asked: bool = False


@dataclass(frozen=True)
class Asked:
    """A person asked for something that only the supervisor can do."""

    what: Literal["stop_now", "resume"]


@dataclass(frozen=True)
class Record:
    """Write this state to the run's log; ``hint`` says what to do where it failed."""

    state: str
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Enqueue:
    """Put the run into the queue, to start after this many seconds at the earliest."""

    after_seconds: float = 0.0


@dataclass(frozen=True)
class Kill:
    """End the worker's process group: SIGTERM, and SIGKILL if that does not help."""


Happening = Launched | Reported | Exited | Asked
Action = Record | Enqueue | Kill


def follow(view: View, happening: Happening) -> tuple[View, tuple[Action, ...]]:
    """What the run is after ``happening``, and what must be done. Terminal states never change."""
    if view.state in TERMINAL:
        return view, ()
    if isinstance(happening, Launched):
        return replace(view, state="starting"), ()
    if isinstance(happening, Reported):
        return replace(view, state=happening.state), ()
    if isinstance(happening, Asked):
        return _asked(view, happening)
    return _exited(view, happening)


def _asked(view: View, asked: Asked) -> tuple[View, tuple[Action, ...]]:
    if asked.what == "stop_now":
        if view.state in ("queued", "interrupted"):
            return replace(view, state="stopped"), (Record("stopped", "by command"),)
        return replace(view, is_stopping=True), (Kill(),)
    if view.state == "interrupted":
        return replace(view, state="queued", attempts=0), (Record("queued", "resumed"), Enqueue())
    return view, ()


def _exited(view: View, exited: Exited) -> tuple[View, tuple[Action, ...]]:
    if view.is_stopping:
        return replace(view, state="stopped"), (Record("stopped", "by command"),)
    if view.state == "interrupted":
        return view, ()
    if exited.was_asked:
        return replace(view, state="interrupted"), (Record("interrupted", exited.why),)
    attempts = 0 if exited.progress > view.progress else view.attempts
    if attempts >= MAX_ATTEMPTS:
        reason = f"{exited.why}; no progress in {attempts + 1} attempts"
        return replace(view, state="failed"), (Record("failed", reason, GIVEN_UP),)
    after = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS) - 1)]
    reason = f"{exited.why}; starting again from the last checkpoint (attempt {attempts + 2})"
    waiting = replace(view, state="queued", attempts=attempts + 1, progress=exited.progress)
    return waiting, (Record("queued", reason), Enqueue(after))
