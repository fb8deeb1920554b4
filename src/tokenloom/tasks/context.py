"""What every task is given: where to work, where to write, and who may interrupt it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenloom.kit.errors import Interrupted
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.commands import Command
from tokenloom.tracking.log import LogWriter
from tokenloom.training.distributed.control import control_for
from tokenloom.training.distributed.ranks import ALONE, Ranks
from tokenloom.training.steering.control import STOPS, Control

PROGRESS_SECONDS = 0.2


@dataclass
class Context:
    """One run. ``events`` are those that earlier workers of this run wrote."""

    workspace: Workspace
    run_id: str
    folder: Path
    log: LogWriter
    events: list[dict[str, Any]] = field(default_factory=list)
    is_steerable: bool = False
    """Whether the task obeys more commands than a stop later on, so that early ones have to wait for it."""
    ranks: Ranks = ALONE
    """The processes that share the run."""
    control: Control = field(init=False)

    def __post_init__(self) -> None:
        numbers = {event["number"] for event in self.events if event.get("type") == "command"}
        self.control = control_for(self.folder, self.log, answered=numbers, ranks=self.ranks)

    def event(self, kind: str, **data: Any) -> None:
        self.log.event({"type": kind, "time": time.time(), **data})

    def note(self, message: str, *, level: str = "info", **details: Any) -> None:
        self.event("note", level=level, message=message, details=details)

    def result(self, **result: Any) -> None:
        """What the task made; the last event before its end."""
        self.event("result", result=result)

    def phase(self, name: str) -> PhaseProgress:
        """A ``progress(done, total, unit)`` for one phase, thinned to a few events a second."""
        return PhaseProgress(self, name)

    def is_cancelled(self) -> bool:
        """Whether a signal or a ``stop`` asks the task to end."""
        later: list[Command] = []
        commands = self.control.poll()
        for index, command in enumerate(commands):
            if command.command in STOPS:
                self.control.answer(command, 0, message="stopping")
                self.control.hold([*later, *commands[index + 1 :]])
                self.control.refuse_rest("the run has ended")
                raise Interrupted("by command", state="stopped")
            if self.is_steerable:
                later.append(command)
            else:
                self.control.answer(command, 0, accepted=False, message="this kind of run can only be stopped")
        self.control.hold(later)
        if self.control.signal:
            raise Interrupted(f"ended by signal {self.control.signal}", signal=self.control.signal)
        return False


class PhaseProgress:
    """Callable that writes progress events, at most a few a second, and always the last one."""

    def __init__(self, context: Context, name: str) -> None:
        self._context, self._name, self._told = context, name, 0.0

    def __call__(self, done: float, total: float | None, unit: str = "") -> None:
        now = time.monotonic()
        if now - self._told < PROGRESS_SECONDS and done != total:
            return
        self._told = now
        self._context.event("progress", phase=self._name, done=done, total=total, unit=unit)
