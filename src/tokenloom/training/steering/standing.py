"""A run that stands still: paused by a command, or waiting for room on a full disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, TypeVar

from tokenloom.kit.errors import DiskFull
from tokenloom.tracking.commands import Command
from tokenloom.training.session import Session
from tokenloom.training.steering import knobs
from tokenloom.training.steering.control import STOPS

T = TypeVar("T")
AMPLE_BYTES = 4 << 20  # free bytes from which on a run that waits for room goes on, where it needs no more
GOES_ON = "Free some space there: the run then goes on by itself, and nothing that was saved is lost."
RESUME = "Free some space there, then resume the run: nothing that was saved is lost."
Obey = Callable[[Session, Command], None]


def insist(session: Session, write: Callable[[], T]) -> T | None:
    """The result of ``write``; while the disk is full the run stands still. ``None`` where it is told to end instead."""
    while True:
        try:
            return session.ranks.alike(write)
        except DiskFull as error:
            has_room = _room_watch(session, max(2 * int(error.details.get("needs_bytes", 0)), AMPLE_BYTES))
            is_seen = not has_room()  # a quota is full while its disk is not: when it has room again cannot be seen
            told = {**error.as_dict(), "hint": GOES_ON if is_seen else RESUME}
            if not pause(session, reason=error.message, error=told, is_over=has_room if is_seen else lambda: False):
                return None


def _room_watch(session: Session, enough: int) -> Callable[[], bool]:
    """Whether the run's disk has ``enough`` bytes again; all ranks hear what the leader sees."""

    def has_room() -> bool:
        try:
            return shutil.disk_usage(session.folder).free >= enough
        except OSError:  # the disk is away
            return False

    return lambda: session.ranks.share(has_room())


def pause(
    session: Session,
    *,
    reason: str,
    obey_sample: Obey | None = None,
    error: dict[str, Any] | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> bool:
    """Stand still until ``resume`` or ``is_over`` (``True``), or until a stop, a release of the memory or a signal waits to be obeyed (``False``).

    Settings may be changed meanwhile, and the model may be asked to write where ``obey_sample`` lets it; commands that need a running loop wait.
    ``error`` says what is in the way, where it was not a person who paused it.
    """
    control, step = session.control, session.state.step
    session.event("state", state="paused", reason=reason, **({"error": error} if error else {}))
    session.log.sync()
    waiting: list[Command] = []
    while not control.signal:
        commands = control.wait(is_over)
        if not commands and not control.signal:
            session.event("state", state="running", reason="resumed")
            session.note("There is room on the disk again: the run goes on.")
            control.hold(waiting)
            return True
        while commands:
            command = commands.pop(0)
            if command.command == "resume":
                control.answer(command, step, message="going on")
                session.event("state", state="running", reason="resumed")
                control.hold([*waiting, *commands])
                return True
            is_release = command.command == "pause" and command.arguments.get("release") and obey_sample is not None
            if command.command in STOPS or is_release:  # what stands still for want of room has no checkpoint to leave
                control.hold([command, *waiting, *commands])
                return False
            if command.command == "set":
                knobs.obey(session, command)
            elif command.command == "sample" and obey_sample is not None:
                obey_sample(session, command)
            elif command.command == "pause":
                control.answer(command, step, message="the run is paused already")
            else:
                waiting.append(command)
    control.hold(waiting)
    return False
