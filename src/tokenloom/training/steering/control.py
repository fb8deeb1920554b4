"""What people and the system want of a running loop: commands, signals, and the answers.

The loop asks :meth:`Control.poll` between steps. A command that was answered in the log before a crash is not run again; accepted
changes of settings are replayed at their step, so that a resumed run equals the unbroken one.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from tokenloom.tracking.commands import Command, CommandTail
from tokenloom.tracking.log import LogWriter

POLL_SECONDS = 0.02


class Control:
    """Commands of one run plus SIGTERM and SIGINT."""

    def __init__(self, run_folder: Path, log: LogWriter, *, answered: int = 0) -> None:
        self._tail = CommandTail(run_folder, after=answered)
        self._log = log
        self._held: list[Command] = []
        self.signal = 0

    def listen_to_signals(self) -> None:
        """From now on SIGTERM and SIGINT only set ``signal``; the loop ends at the next safe place."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def poll(self) -> list[Command]:
        """New commands, oldest first, behind those that were held."""
        held, self._held = self._held, []
        return held + self._tail.read()

    def hold(self, commands: Iterable[Command]) -> None:
        """Keep commands for the next :meth:`poll`."""
        self._held = [*self._held, *commands]

    def is_stopping(self) -> bool:
        """Whether a held command asks to stop."""
        return any(command.command in ("stop", "stop_now") for command in self._held)

    def wait(self) -> list[Command]:
        """Block until a command or a signal arrives."""
        while not self.signal:
            if commands := self.poll():
                return commands
            time.sleep(POLL_SECONDS)
        return []

    def answer(self, command: Command, step: int, *, accepted: bool = True, message: str = "") -> None:
        """Acknowledge in the log, durably."""
        self._log.event(
            {
                "type": "command",
                "time": time.time(),
                "step": step,
                "number": command.number,
                "command": command.command,
                "arguments": command.arguments,
                "accepted": accepted,
                "message": message,
            }
        )
        self._log.sync()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number


class Journal:
    """Changes of settings that were accepted before a crash, to be made again at their steps."""

    def __init__(self, events: Iterable[dict[str, Any]], *, after_step: int) -> None:
        changes = [
            event
            for event in events
            if event.get("type") == "command" and event.get("command") == "set" and event.get("accepted")
        ]
        self._due = [event for event in changes if event.get("step", 0) >= after_step]

    def replay(self, step: int, change: Callable[[dict[str, Any]], Any]) -> None:
        """Make the changes that were accepted at ``step``."""
        while self._due and self._due[0]["step"] <= step:
            change(self._due.pop(0)["arguments"])
