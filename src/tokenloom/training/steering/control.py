"""What people and the system want of a running loop: commands, signals, and the answers.

The loop asks :meth:`Control.poll` between steps. A command that was answered in the log before a crash is not run again; accepted
changes of settings are replayed at their step, so that a resumed run equals the unbroken one.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tokenloom.tracking.commands import Command, CommandTail
from tokenloom.tracking.log import LogWriter

POLL_SECONDS = 0.02
STOPS = frozenset({"stop", "stop_now"})
Events = Iterable[dict[str, Any]]


class Control:
    """Commands of one run plus SIGTERM and SIGINT. ``answered``: numbers of those that earlier workers dealt with."""

    def __init__(self, run_folder: Path, log: LogWriter, *, answered: Collection[int] = ()) -> None:
        self._tail = CommandTail(run_folder)
        self._answered = frozenset(answered)
        self._log = log
        self._held: list[Command] = []
        self.signal = 0
        self.polled_at = time.monotonic()
        """When the loop last asked: it does between steps and between batches of a validation."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Around the loop. Of several processes, all poll inside it at the same places (`distributed.control`)."""
        yield

    def listen_to_signals(self) -> None:
        """From now on SIGTERM and SIGINT only set ``signal``; the loop ends at the next safe place."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def poll(self) -> list[Command]:
        """New commands, oldest first, behind those that were held."""
        self.polled_at = time.monotonic()
        held, self._held = self._held, []
        return held + [command for command in self._tail.read() if command.number not in self._answered]

    def hold(self, commands: Iterable[Command]) -> None:
        """Keep commands for the next :meth:`poll`."""
        self._held = [*self._held, *commands]

    def is_ending(self) -> bool:
        """Whether a signal or a command that waits asks the run to end; nothing is taken from the queue."""
        if self.signal:
            return True
        self.hold(self.poll())
        return any(command.command in STOPS for command in self._held)

    def refuse_rest(self, message: str) -> None:
        """Answer whatever came too late."""
        for command in self.poll():
            self.answer(command, 0, accepted=False, message=message)

    def wait(self, is_over: Callable[[], bool] = lambda: False) -> list[Command]:
        """Block until a command or a signal arrives; nothing where a signal did, or ``is_over`` says so first."""
        while not self.signal:
            if commands := self.poll():
                return commands
            if is_over():
                break
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
    """What was accepted before a crash and has to be done again at its step: changes of settings, and measurements."""

    def __init__(self, events: Events, *, after_step: int) -> None:
        self._due: list[dict[str, Any]] = []
        for event in events:
            if event.get("type") != "command" or not event.get("accepted"):
                continue
            step = event.get("step", 0)
            if event["command"] == "set":
                self.supersede(event["arguments"], step)
                if step >= after_step:
                    self._due.append(event)
            elif event["command"] == "evaluate" and step > after_step:
                self._due.append(event)
        self._due.sort(key=lambda event: int(event["step"]))

    def supersede(self, arguments: dict[str, Any], step: int) -> None:
        """Forget changes of the same setting at ``step`` or later: what was asked last holds."""
        self._due = [event for event in self._due if not _is_same(event, arguments) or event["step"] < step]

    def replay(self, step: int, again: Callable[[dict[str, Any]], Any]) -> None:
        """Do again what was accepted at ``step``."""
        while self._due and self._due[0]["step"] <= step:
            again(self._due.pop(0))


def was_paused(events: Events) -> bool:
    """Whether the run stood still when its last worker ended, and nobody has resumed it since."""
    is_paused = False
    for event in events:
        if event.get("type") == "state":
            is_paused = event.get("state") == "paused" or (is_paused and event.get("reason") != "resumed")
    return is_paused


def was_stopped(events: Events) -> bool:
    """Whether a worker that accepted a stop died before it could write so."""
    return any(
        event.get("type") == "command" and event.get("command") in STOPS and event.get("accepted") for event in events
    )


def _is_same(event: dict[str, Any], arguments: dict[str, Any]) -> bool:
    return event["command"] == "set" and event["arguments"].get("key") == arguments.get("key")
