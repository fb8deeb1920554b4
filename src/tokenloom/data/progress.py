"""How long work tells how far it is, and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tokenloom.kit.errors import Interrupted

Progress = Callable[[int, int | None, str], None]
"""``progress(done, total, unit)``; ``total`` is None while it is unknown."""
Cancelled = Callable[[], bool]
"""Asked now and then; True means stop."""


def report(progress: Progress | None, done: int, total: int | None, unit: str) -> None:
    """Call ``progress`` where there is one."""
    if progress is not None:
        progress(done, total, unit)


def stop_if(cancelled: Cancelled | None, work: str) -> None:
    """Raise :class:`Interrupted` naming ``work`` when ``cancelled`` says so."""
    if cancelled is not None and cancelled():
        raise Interrupted(f"{work} was stopped before its end.", hint="Nothing was kept; start it again when you like.")


@dataclass(frozen=True)
class Watch:
    """Who is told how far a long piece of work is, and who may end it."""

    progress: Progress | None = None
    cancelled: Cancelled | None = None


UNWATCHED = Watch()
