"""A run that stands still: paused by a command, or waiting for room on a full disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tokenloom.kit.errors import DiskFull
from tokenloom.tracking.commands import Command
from tokenloom.training.session import Session
from tokenloom.training.steering import knobs
from tokenloom.training.steering.control import STOPS

T = TypeVar("T")
Obey = Callable[[Session, Command], None]


def insist(session: Session, write: Callable[[], T]) -> T | None:
    """The result of ``write``; while the disk is full the run stands still. ``None`` where it is told to end instead."""
    while True:
        try:
            return session.ranks.alike(write)
        except DiskFull as error:
            if not pause(session, reason=f"{error.message} {error.hint}"):
                return None


def pause(session: Session, *, reason: str, obey_sample: Obey | None = None) -> bool:
    """Stand still until ``resume`` (``True``), or until a stop, a release of the memory or a signal waits to be obeyed (``False``).

    Settings may be changed meanwhile, and the model may be asked to write where ``obey_sample`` lets it; commands that need a running loop wait.
    """
    control, step = session.control, session.state.step
    session.event("state", state="paused", reason=reason)
    session.log.sync()
    waiting: list[Command] = []
    while not control.signal:
        commands = control.wait()
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
